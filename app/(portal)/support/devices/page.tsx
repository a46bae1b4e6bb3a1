import { Smartphone } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { countWords, numberWords } from '@/components/number-words'
import { PageHeader } from '@/components/shell/page-header'
import { EmptyState } from '@/components/ui/empty-state'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { modelsOf } from '@/lib/db/device-model-rows'
import { database } from '@/lib/db/pool'
import { mainReasons, type SuccessGroup, successGroups, typeNames } from '@/lib/db/portal/device-success'
import { suspectsOf } from '@/lib/inventory/devices/suspects'
import { ChoiceLinks } from './choice-links'
import type { Dimension } from './names'
import { daysOf, devicesAddress, PERIODS, periodOf, type Search, SORTS, type Sort, sortOf } from './query'
import { attemptsOf, judgedOf, percentWords, rateOf, type Success, successBy, totalOf } from './success'
import { SuccessTable } from './success-table'
import { SuspectsCard } from './suspects-card'

export const metadata: Metadata = { title: 'Devices' }

const DEVICES = {
  dimension: 'tac',
  title: 'By device',
  head: 'Device',
  description: 'By TAC, the first eight digits of the IMEI.',
} as const
const OTHERS: readonly { dimension: Dimension; title: string; head: string; description: string }[] = [
  { dimension: 'type', title: 'By profile type', head: 'Type', description: 'Of the profile that the phone asked for.' },
  { dimension: 'eum', title: 'By eUICC manufacturer', head: 'Manufacturer', description: 'By the first eight digits of the EID.' },
  { dimension: 'svn', title: 'By eUICC version', head: 'Version', description: 'The highest version of SGP.22 that the eUICC speaks.' },
]

export default async function DevicesPage({ searchParams }: { searchParams: Promise<Search> }) {
  const { account } = await requirePage('profile:read')
  const search = await searchParams
  const [period, sort] = [periodOf(search), sortOf(search)]
  const [db, days] = [database(), daysOf(period, new Date())]
  const [groups, types] = await Promise.all([successGroups(db, days), typeNames(db)])
  const suspects = suspectsOf(groups)
  const rowsOf = (dimension: Dimension) => successBy(groups, dimension, sort)
  const [models, reasons] = await Promise.all([
    modelsOf(db, tacsIn(groups)),
    mainReasons(
      db,
      days,
      suspects.map(({ of }) => of),
    ),
  ])
  const names = { models, types }

  return (
    <>
      <PageHeader
        title="Devices"
        description="How downloads end by device, manufacturer of the eUICC, its version and profile type, and what stands out."
        actions={
          <ChoiceLinks
            label="Period"
            choices={PERIODS.map(each => ({
              href: devicesAddress(each, sort),
              word: each === 365 ? '1 year' : `${each} days`,
              chosen: each === period,
            }))}
          />
        }
      />
      {groups.length === 0 ? (
        <EmptyState icon={Smartphone} title="No phone has asked for a profile in these days">
          Choose a longer period, or come back when the first codes have been scanned.
        </EmptyState>
      ) : (
        <>
          <Summary total={totalOf(groups)} />
          <SuspectsCard suspects={suspects.map((suspect, place) => ({ suspect, reason: reasons[place] }))} names={names} period={period} />
          <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="text-quiet">
              {models.size === 0 ? (
                <NoNames mayLoad={may(account.role, 'device:write')} />
              ) : (
                'Each name leads to the reasons and to examples.'
              )}
            </p>
            <ChoiceLinks
              label="Order"
              choices={(Object.keys(SORTS) as Sort[]).map(each => ({
                href: devicesAddress(period, each),
                word: SORTS[each],
                chosen: each === sort,
              }))}
            />
          </div>
          <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
            <SuccessTable {...DEVICES} rows={rowsOf('tac')} names={names} period={period} />
            <div className="flex min-w-0 flex-col gap-4">
              {OTHERS.map(table => (
                <SuccessTable key={table.dimension} {...table} rows={rowsOf(table.dimension)} names={names} period={period} />
              ))}
            </div>
          </div>
        </>
      )}
    </>
  )
}

const tacsIn = (groups: readonly SuccessGroup[]): Set<string> => new Set(groups.map(({ tac }) => tac))

const NoNames = ({ mayLoad }: { mayLoad: boolean }) =>
  mayLoad ? (
    <>
      Devices have numbers only: load a list of their names in the{' '}
      <Link href="/settings" className="rounded text-accent underline underline-offset-2">
        settings
      </Link>
      .
    </>
  ) : (
    'Devices have numbers only until an operator loads a list of their names.'
  )

/** All attempts of the period in a sentence. */
function Summary({ total }: { total: Omit<Success, 'value'> }) {
  const rate = rateOf(total)
  const aside = total.aside
    ? ` ${numberWords(total.aside)} more ended by a code, an order or a person who put it off, and count neither way.`
    : ''
  const open = total.open ? ` ${countWords(total.open, 'is', 'are')} under way.` : ''
  return (
    <p className="mb-4 max-w-4xl">
      {rate === undefined ? (
        `${countWords(attemptsOf(total), 'attempt')}, none of which says anything of a device yet.`
      ) : (
        <>
          <span className="font-semibold text-base tabular-nums">{percentWords(rate)}</span> of {countWords(judgedOf(total), 'attempt')}{' '}
          ended with an installation, {numberWords(total.failed)} failed.
        </>
      )}
      <span className="text-quiet">
        {aside}
        {open}
      </span>
    </p>
  )
}
