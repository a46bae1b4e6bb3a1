import { ArrowLeft, Smartphone } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { countWords, numberWords } from '@/components/number-words'
import { PageHeader } from '@/components/shell/page-header'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { requirePage } from '@/lib/action'
import { modelsOf } from '@/lib/db/device-model-rows'
import { database } from '@/lib/db/pool'
import { failedExamples, reasonsOf, successOf, typeNames } from '@/lib/db/portal/device-success'
import { ChoiceLinks } from '../choice-links'
import { named, nameOf } from '../names'
import { attemptsAddress, daysOf, devicesAddress, namedIn, PERIODS, periodOf, type Search } from '../query'
import { attemptsOf, judgedOf, percentWords, rateOf } from '../success'
import { Examples } from './examples'
import { Reasons } from './reasons'

export const metadata: Metadata = { title: 'Attempts of a device' }

export default async function DeviceAttemptsPage({ searchParams }: { searchParams: Promise<Search> }) {
  await requirePage('profile:read')
  const search = await searchParams
  const of = namedIn(search)
  if (!of) notFound()
  const period = periodOf(search)
  const [db, days] = [database(), daysOf(period, new Date())]
  const [models, types, success, reasons, examples] = await Promise.all([
    modelsOf(db, of.tac ? [of.tac] : []),
    typeNames(db),
    successOf(db, days, of),
    reasonsOf(db, days, of),
    failedExamples(db, days, of),
  ])
  const names = { models, types }
  const rate = rateOf(success)
  const numbers = [of.tac && named('tac', of.tac, names).number, of.eum && named('eum', of.eum, names).number].filter(Boolean)

  return (
    <>
      <Link href={devicesAddress(period)} className="mb-2 inline-flex items-center gap-1 rounded text-quiet text-sm hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Devices
      </Link>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {nameOf(of, names)}
            {numbers.map(number => (
              <Badge key={number} tone="plain" icon={Smartphone} word={`${number === of.tac ? 'TAC' : 'EUM'} ${number}`} />
            ))}
          </span>
        }
        description={
          rate === undefined
            ? `${countWords(attemptsOf(success), 'attempt')} in this period.`
            : `${percentWords(rate)} of ${countWords(judgedOf(success), 'attempt')} ended with an installation, ${numberWords(success.failed)} failed.`
        }
        actions={
          <ChoiceLinks
            label="Period"
            choices={PERIODS.map(each => ({
              href: attemptsAddress(of, each),
              word: each === 365 ? '1 year' : `${each} days`,
              chosen: each === period,
            }))}
          />
        }
      />
      {attemptsOf(success) === 0 ? (
        <EmptyState icon={Smartphone} title="No attempts in this period">
          Choose a longer one.
        </EmptyState>
      ) : (
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <Card title="Why they did not install it">
            <Reasons reasons={reasons} />
          </Card>
          <Card title="Examples" description="The last that failed. Each leads to what happened, step by step.">
            <Examples attempts={examples} />
          </Card>
        </div>
      )}
    </>
  )
}
