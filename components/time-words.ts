const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto', style: 'long' })

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** "3 minutes ago", "in 2 days", "just now". */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000)
  const size = Math.abs(seconds)
  if (size < 45) return seconds > 15 ? 'in a moment' : 'just now'
  for (const [unit, length] of units) {
    if (size >= length) return relative.format(Math.round(seconds / length), unit)
  }
  return relative.format(seconds < 0 ? -1 : 1, 'minute')
}

/** Date and time to the second, in the reader's own time zone. */
export const exactTime = (at: Date): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' }).format(at)

/** "22 Nov 2026", in UTC so that server and browser write the same. */
export const dateWords = (at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at)
