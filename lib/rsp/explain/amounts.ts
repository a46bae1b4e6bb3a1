const whole = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en')} kB`

/** Two amounts of memory as people compare them: in kB, or in bytes where kB would make them look alike. */
export function twoAmounts(one: number, other: number): [string, string] {
  if (whole(one) !== whole(other)) return [whole(one), whole(other)]
  return [`${one.toLocaleString('en')} bytes`, `${other.toLocaleString('en')} bytes`]
}

/** "1 attempt", "3 attempts". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`

const units: [string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago: "less than a minute", "3 hours", "2 days". */
export function durationWords(from: Date, to: Date): string {
  const seconds = Math.floor((to.getTime() - from.getTime()) / 1000)
  for (const [unit, length] of units) if (seconds >= length) return counted(Math.floor(seconds / length), unit)
  return 'less than a minute'
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** "22 November 2026 at 14:05 UTC". */
export const momentWords = (at: Date): string => `${dayAndTime.format(at)} UTC`

/** As much of an EID as may be read aloud. */
export const eidEnd = (eid: string): string => `the EID ending ${eid.slice(-4)}`
