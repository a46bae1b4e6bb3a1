/** Days of which orders are counted. */
export const paceDays = 28
const week = 7

/** How fast a type goes out of stock. */
export type Pace =
  | { known: true; perDay: number /** Of the past, whole weeks of it */; fromDays: number }
  /** Less than a week of history: nothing is guessed from it. */
  | { known: false; days: number }

/**
 * The pace of the last weeks in profiles per day. Only whole weeks count, since a Sunday is no Monday, and each week half as much as
 * the one after it.
 * @param perDay orders of the last days, the last 24 hours first
 * @param historyDays for how long there has been something to order
 */
export function paceOf(perDay: readonly number[], historyDays: number): Pace {
  const days = Math.max(0, Math.floor(historyDays))
  const weeks = Math.floor(Math.min(days, paceDays) / week)
  if (weeks === 0) return { known: false, days }
  let orders = 0
  let weights = 0
  for (let i = 0; i < weeks; i++) {
    const weight = 0.5 ** i
    const ofWeek = perDay.slice(i * week, (i + 1) * week).reduce((sum, count) => sum + count, 0)
    orders += weight * ofWeek
    weights += weight * week
  }
  return { known: true, perDay: orders / weights, fromDays: weeks * week }
}

/** For how many days a stock lasts at a pace; undefined when nobody knows or nothing goes out. */
export const daysLeft = (available: number, pace: Pace): number | undefined =>
  pace.known && pace.perDay > 0 ? available / pace.perDay : undefined

/** The same for people. */
export function daysLeftWords(days: number): string {
  if (days < 1) return 'less than a day'
  if (days < 2) return 'about a day'
  if (days <= 60) return `about ${Math.floor(days)} days`
  if (days <= 365) return `about ${Math.floor(days / week)} weeks`
  return 'more than a year'
}

/** Profiles a day for people: two digits that mean something. */
export const perDayWords = (perDay: number): string =>
  Number(perDay.toPrecision(perDay >= 100 ? 3 : 2)).toLocaleString('en', { maximumFractionDigits: 2 })
