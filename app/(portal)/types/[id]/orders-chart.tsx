import { countWords, numberWords } from '@/components/number-words'

/** Orders of the last days as bars, today's last. @param perDay the last 24 hours first */
export function OrdersChart({ perDay }: { perDay: readonly number[] }) {
  const most = Math.max(1, ...perDay)
  const total = perDay.reduce((sum, count) => sum + count, 0)
  const label = `${countWords(total, 'order')} in the last ${perDay.length} days, at most ${numberWords(Math.max(...perDay))} a day`
  const days = perDay.map((count, daysAgo) => ({ count, daysAgo })).reverse()
  return (
    <figure className="flex flex-col gap-1">
      <div role="img" aria-label={label} className="flex h-14 items-end gap-0.5">
        {days.map(({ count, daysAgo }) => (
          <div
            key={daysAgo}
            title={`${countWords(count, 'order')}, ${daysAgo === 0 ? 'the last 24 hours' : `${countWords(daysAgo, 'day')} before`}`}
            className="min-w-0 flex-1 rounded-t-sm bg-accent/70"
            style={{ height: `${Math.max(count === 0 ? 2 : 6, (100 * count) / most)}%` }}
          />
        ))}
      </div>
      <figcaption className="text-quiet text-xs">{label}.</figcaption>
    </figure>
  )
}
