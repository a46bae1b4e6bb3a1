import { classNames } from '@/components/class-names'
import { percentWords, rateOf, type Success } from './success'

/** Success as a number with a bar; a dash where nothing counts yet. */
export function RateBar({ success }: { success: Pick<Success, 'installed' | 'failed'> }) {
  const rate = rateOf(success)
  if (rate === undefined) return <span className="text-quiet">–</span>
  return (
    <span className="inline-flex items-center justify-end gap-2">
      <span aria-hidden className="h-1.5 w-16 overflow-hidden rounded-full bg-muted max-sm:hidden">
        <span
          className={classNames('block h-full rounded-full', rate < 0.8 ? 'bg-warn' : 'bg-accent')}
          style={{ width: `${rate * 100}%` }}
        />
      </span>
      <span className="min-w-13 text-right">{percentWords(rate)}</span>
    </span>
  )
}
