/** What a chart draws in one colour. */
export interface Series {
  /** Name of the value in each row */
  key: string
  word: string
  /** A colour of CSS, made of the tokens */
  colour: string
}

/** Values of a day of UTC, 2026-11-22; null where there is none. */
export interface DayRow {
  day: string
  [key: string]: string | number | null
}

/** How values are written. */
export type Unit = 'count' | 'percent' | 'seconds'

const whole = new Intl.NumberFormat('en-GB')
const short = new Intl.NumberFormat('en-GB', { notation: 'compact' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** "22 Nov". */
export const dayWords = (text: string): string => day.format(new Date(`${text}T00:00:00Z`))

const lengths = [
  [86_400, 'day', 'days'],
  [3_600, 'h', 'h'],
  [60, 'min', 'min'],
] as const

/** A length of time, roughly: "40 s", "12 min", "3.5 h", "2 days". */
export function secondsWords(seconds: number): string {
  for (const [length, one, many] of lengths) {
    if (seconds < length) continue
    const amount = seconds / length
    const written = amount < 10 ? Number(amount.toFixed(1)) : Math.round(amount)
    return `${whole.format(written)} ${written === 1 ? one : many}`
  }
  return `${Math.round(seconds)} s`
}

/** A share as people read it: "98.7%"; "100%" only where nothing is missing, "0%" only where there is nothing. */
export function percentWords(percent: number): string {
  if (percent <= 0 || percent >= 100) return `${percent <= 0 ? 0 : 100}%`
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(1)}%`
}

const WORDS: Record<Unit, (value: number) => string> = { count: whole.format, percent: percentWords, seconds: secondsWords }

/** A value in words; a dash where there is none. */
export const valueWords = (value: string | number | null | undefined, unit: Unit): string =>
  typeof value === 'number' ? WORDS[unit](value) : '–'

const TICKS: Record<Unit, (value: number) => string> = { ...WORDS, count: short.format, percent: value => `${value}%` }

/** The same, short enough for the edge of a chart. */
export const tickWords = (value: number, unit: Unit): string => TICKS[unit](value)

const scale = [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000, 31_536_000]

/** The steps of a logarithmic scale of time that hold all of the values. */
export function timeTicks(values: readonly number[]): number[] {
  const low = Math.max(1, Math.min(...values))
  const high = Math.max(60, ...values)
  const from = scale.findLastIndex(step => step <= low)
  const to = scale.findIndex(step => step >= high)
  return scale.slice(Math.max(0, from), to === -1 ? scale.length : Math.max(to, from + 1) + 1)
}
