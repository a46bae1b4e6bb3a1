import { ATTEMPT_RESULTS, type AttemptResult } from '@/lib/db/attempts/tally'
import type { AttemptsOfDay } from '@/lib/db/portal/dashboard'
import { reasonWords } from './reason-words'

/** Periods that can be looked at, in days. */
export const PERIODS = [30, 90] as const
export type Period = (typeof PERIODS)[number]

export const periodOf = (text: unknown): Period => PERIODS.find(period => String(period) === text) ?? PERIODS[0]

const dayMs = 86_400_000

/** The last days of UTC, today included, oldest first. */
export const lastDays = (now: Date, count: number): string[] =>
  Array.from({ length: count }, (_, i) => new Date(now.getTime() - (count - 1 - i) * dayMs).toISOString().slice(0, 10))

export type Results = Record<AttemptResult, number>

/** What devices tried on a day. */
export interface DayFigures extends Results {
  day: string
  /** Per cent of those that have ended; null where none has */
  rate: number | null
}

const none = Object.fromEntries(ATTEMPT_RESULTS.map(result => [result, 0])) as Results
const sumOf = (results: Results): number => ATTEMPT_RESULTS.reduce((sum, result) => sum + results[result], 0)

/** Share of installations among the attempts that have ended, in per cent. */
export function successRate(results: Results): number | null {
  const ended = sumOf(results) - results.open
  return ended === 0 ? null : (results.installed / ended) * 100
}

function add(rows: readonly AttemptsOfDay[]): Results {
  const results = { ...none }
  for (const { result, attempts } of rows) results[result] += attempts
  return results
}

/** One row for each of the days, also where nothing happened. */
export function byDay(rows: readonly AttemptsOfDay[], days: readonly string[]): DayFigures[] {
  const ofDays = new Map<string, AttemptsOfDay[]>()
  for (const row of rows) ofDays.set(row.day, [...(ofDays.get(row.day) ?? []), row])
  return days.map(day => {
    const results = add(ofDays.get(day) ?? [])
    return { day, ...results, rate: successRate(results) }
  })
}

export interface Totals extends Results {
  attempts: number
  rate: number | null
}

export function totalsOf(rows: readonly AttemptsOfDay[]): Totals {
  const results = add(rows)
  return { ...results, attempts: sumOf(results), rate: successRate(results) }
}

export interface Reason {
  words: string
  result: AttemptResult
  attempts: number
}

/** Why attempts failed, most frequent first. */
export function reasonsOf(rows: readonly AttemptsOfDay[]): Reason[] {
  const reasons = new Map<string, Reason>()
  for (const { result, reason, attempts } of rows) {
    if (result === 'installed' || result === 'open') continue
    const words = reasonWords(result, reason)
    const known = reasons.get(words)
    if (known) known.attempts += attempts
    else reasons.set(words, { words, result, attempts })
  }
  return [...reasons.values()].sort((a, b) => b.attempts - a.attempts)
}
