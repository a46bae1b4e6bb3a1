import type { SuccessGroup } from '@/lib/db/portal/device-success'
import { leastAttempts } from '@/lib/inventory/devices/suspects'
import type { Dimension } from './names'
import type { Sort } from './query'

/** How the attempts of one value ended. */
export interface Success {
  value: string
  installed: number
  failed: number
  aside: number
  open: number
}

export const judgedOf = ({ installed, failed }: Pick<Success, 'installed' | 'failed'>): number => installed + failed

export const attemptsOf = (success: Omit<Success, 'value'>): number => judgedOf(success) + success.aside + success.open

/** Share of those that count; undefined where none does. */
export const rateOf = (success: Pick<Success, 'installed' | 'failed'>): number | undefined =>
  judgedOf(success) > 0 ? success.installed / judgedOf(success) : undefined

/** "97 %", "99.6 %": 100 % is said of all, 0 % of none. */
export function percentWords(share: number): string {
  const percent = share * 100
  if (percent === 0 || percent === 100) return `${percent} %`
  const fine = percent < 10 || percent > 90
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(fine ? 1 : 0)} %`
}

export function totalOf(groups: readonly Omit<Success, 'value'>[]): Omit<Success, 'value'> {
  const total = { installed: 0, failed: 0, aside: 0, open: 0 }
  for (const { installed, failed, aside, open } of groups) {
    total.installed += installed
    total.failed += failed
    total.aside += aside
    total.open += open
  }
  return total
}

// A rate of a few attempts says nothing: those come last.
const byRate = (one: Success): number => (judgedOf(one) >= leastAttempts ? (rateOf(one) ?? 2) : 2)

const ORDERS: Record<Sort, (one: Success, other: Success) => number> = {
  attempts: (one, other) => judgedOf(other) - judgedOf(one) || attemptsOf(other) - attemptsOf(one),
  failed: (one, other) => other.failed - one.failed,
  rate: (one, other) => byRate(one) - byRate(other),
}

/** The groups added up by one dimension. */
export function successBy(groups: readonly SuccessGroup[], dimension: Dimension, sort: Sort): Success[] {
  const found = new Map<string, SuccessGroup[]>()
  for (const group of groups) {
    const known = found.get(group[dimension])
    if (known) known.push(group)
    else found.set(group[dimension], [group])
  }
  const sums = [...found].map(([value, alike]) => ({ value, ...totalOf(alike) }))
  return sums.sort((one, other) => ORDERS[sort](one, other) || ORDERS.attempts(one, other) || (one.value < other.value ? -1 : 1))
}
