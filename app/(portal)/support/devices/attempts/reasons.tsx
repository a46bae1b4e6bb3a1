import { classNames } from '@/components/class-names'
import { numberWords } from '@/components/number-words'
import type { ReasonCount } from '@/lib/db/portal/device-success'
import { reasonWords } from '../../../dashboard-parts/reason-words'

/** Why attempts did not end in an installation, the most frequent reason first. */
export function Reasons({ reasons }: { reasons: readonly ReasonCount[] }) {
  const most = Math.max(1, ...reasons.map(({ attempts }) => attempts))
  if (reasons.length === 0) return <p className="text-quiet">All of them did, or are still under way.</p>
  return (
    <ul className="-my-2.5 divide-y">
      {reasons.map(({ result, reason, attempts, aside }) => (
        <li key={`${result} ${reason}`} className="flex flex-col gap-1.5 py-2.5">
          <p className="flex items-baseline justify-between gap-4">
            <span className="min-w-0">
              {reasonWords(result, reason)}
              {aside ? <span className="text-quiet"> Not counted: it says nothing of the device.</span> : null}
            </span>
            <span className="shrink-0 font-medium tabular-nums">{numberWords(attempts)}</span>
          </p>
          <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-muted">
            <span
              className={classNames('block h-full rounded-full', aside ? 'bg-control/60' : 'bg-warn')}
              style={{ width: `${Math.max(1, (100 * attempts) / most)}%` }}
            />
          </span>
        </li>
      ))}
    </ul>
  )
}
