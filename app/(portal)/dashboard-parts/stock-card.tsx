import { PackageOpen } from 'lucide-react'
import Link from 'next/link'
import { Legend } from '@/components/charts/legend'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { RelativeTime } from '@/components/ui/relative-time'
import { database } from '@/lib/db/pool'
import { daysLeftWords } from '@/lib/inventory/stock-levels/pace'
import { type StockLevel, stockLevels } from '@/lib/inventory/stock-levels/stock-levels'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { STATE_COLOURS } from './looks'

const most = 12

/** Types that run out first, then the largest. */
const byUrgency = (a: StockLevel, b: StockLevel): number =>
  Number(isLow(b)) - Number(isLow(a)) || b.profiles - a.profiles || a.typeName.localeCompare(b.typeName)

const isLow = ({ alertLevel, available }: StockLevel): boolean => alertLevel !== null && available < alertLevel

const legendOf = (levels: readonly StockLevel[]) =>
  PROFILE_STATES.filter(state => levels.some(({ counts }) => counts[state] > 0)).map(state => ({
    word: state,
    colour: STATE_COLOURS[state],
  }))

/** How many profiles of each type are in which state. */
export async function StockCard({ mayUpload }: { mayUpload: boolean }) {
  const levels = await stockLevels(database(), new Date())
  const stocked = levels.filter(({ profiles }) => profiles > 0).sort(byUrgency)
  const shown = stocked.slice(0, most)
  if (stocked.length === 0)
    return (
      <Card title="Stock">
        <NoStock mayUpload={mayUpload} />
      </Card>
    )
  const all = stocked.reduce((sum, { profiles }) => sum + profiles, 0)
  const available = stocked.reduce((sum, level) => sum + level.available, 0)
  const counted = stocked[0]?.countedAt
  return (
    <Card
      title="Stock"
      description={
        <>
          {countWords(all, 'profile')}, {numberWords(available)} of them available
          {counted ? (
            <>
              ; counted <RelativeTime at={counted} />
            </>
          ) : null}
          .
        </>
      }
    >
      <Legend series={legendOf(shown)} className="mb-4" />
      <ul className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        {shown.map(level => (
          <TypeStock key={level.typeId} level={level} />
        ))}
      </ul>
      {stocked.length > most ? (
        <p className="mt-4 text-quiet text-sm">
          And {countWords(stocked.length - most, 'other type')}:{' '}
          <Link href="/types" className="text-accent underline-offset-2 hover:underline">
            see all types
          </Link>
          .
        </p>
      ) : null}
    </Card>
  )
}

function lasting({ pace, daysLeft, available }: StockLevel): string | undefined {
  if (available === 0) return 'none available'
  const words = daysLeft !== undefined ? `, ${daysLeftWords(daysLeft)} at its pace` : pace.known ? ', none go out' : ''
  return `${numberWords(available)} available${words}`
}

function TypeStock({ level }: { level: StockLevel }) {
  const parts = PROFILE_STATES.filter(state => level.counts[state] > 0)
  const link = (state: ProfileState) => `/profiles?${new URLSearchParams({ type: level.typeName, state })}`
  return (
    <li className="flex min-w-0 flex-col gap-1.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <Link href={`/types/${level.typeId}`} className="min-w-0 break-words font-medium underline-offset-2 hover:underline">
          {level.typeName}
        </Link>
        <span className={isLow(level) ? 'text-warn text-xs' : 'text-quiet text-xs'}>
          {isLow(level) ? 'Low: ' : ''}
          {lasting(level)}
        </span>
      </p>
      <div className="flex h-4 gap-px overflow-hidden rounded">
        {parts.map(state => (
          <Link
            key={state}
            href={link(state)}
            title={`${state}: ${numberWords(level.counts[state])}`}
            aria-label={`${level.typeName}, ${state}: ${countWords(level.counts[state], 'profile')}`}
            className="h-full min-w-1 -outline-offset-2 hover:brightness-110"
            style={{ flexGrow: level.counts[state], background: STATE_COLOURS[state] }}
          />
        ))}
      </div>
    </li>
  )
}

const NoStock = ({ mayUpload }: { mayUpload: boolean }) => (
  <EmptyState
    icon={PackageOpen}
    title="No profiles yet"
    action={
      mayUpload ? (
        <Button asChild variant="primary">
          <Link href="/batches/upload">Upload a file</Link>
        </Button>
      ) : undefined
    }
  >
    {mayUpload
      ? 'Upload what your vendor sent and approve it. Then issue a code for each device, and see here how it goes.'
      : 'They are here once a batch that somebody uploads is in stock.'}
  </EmptyState>
)
