import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Clock, FixedClock } from '@/lib/accounts/personal-data/clocks'
import { ClockDays } from './clock-days'

/** What the last run was, what it has taken so far, and when the next one is. */
const Runs = ({ days, lastRunAt, removed, nextRunAt }: Clock) => (
  <p className="text-quiet text-xs tabular-nums">
    {lastRunAt ? (
      <>
        Last run <RelativeTime at={lastRunAt} /> · {removed.toLocaleString('en')} erased so far
      </>
    ) : (
      'Has not run yet'
    )}
    {days === null ? ' · nothing is erased by itself' : null}
    {nextRunAt ? <> · next {lastRunAt ? <RelativeTime at={nextRunAt} /> : 'within the hour'}</> : null}
  </p>
)

interface ClocksCardProps {
  clocks: Clock[]
  fixed: readonly FixedClock[]
  mayChange: boolean
}

/** How long each kind of personal data is kept. */
export const ClocksCard = ({ clocks, fixed, mayChange }: ClocksCardProps) => (
  <Card
    title="How long it is kept"
    description="Once a day, what is older is erased by itself. It cannot be brought back, but from a backup of the database."
  >
    <ul className="-my-4 divide-y">
      {clocks.map(clock => (
        <li key={clock.kind} className="flex flex-col gap-x-6 gap-y-3 py-4 sm:flex-row sm:items-start sm:justify-between">
          <div className="min-w-0 max-w-2xl">
            <h3 className="font-medium">{clock.title}</h3>
            <p className="mt-0.5 text-quiet">{clock.about}</p>
            <div className="mt-1">
              <Runs {...clock} />
            </div>
          </div>
          <ClockDays kind={clock.kind} title={clock.title} days={clock.days} usualDays={clock.usualDays} mayChange={mayChange} />
        </li>
      ))}
      {fixed.map(({ title, about, days }) => (
        <li key={title} className="flex flex-col gap-x-6 gap-y-3 py-4 sm:flex-row sm:items-start sm:justify-between">
          <div className="min-w-0 max-w-2xl">
            <h3 className="font-medium">{title}</h3>
            <p className="mt-0.5 text-quiet">{about}</p>
          </div>
          <p className="shrink-0 font-medium">Kept for {days} days, always</p>
        </li>
      ))}
    </ul>
  </Card>
)
