import type { Days, SuccessOf } from '@/lib/db/portal/device-success'

export const PERIODS = [7, 30, 90, 365] as const
export type Period = (typeof PERIODS)[number]
const usual: Period = 30

export const SORTS = { attempts: 'Most attempts', failed: 'Most failures', rate: 'Lowest success' } as const
export type Sort = keyof typeof SORTS

/** What a page's address says after the question mark. */
export type Search = Record<string, string | string[] | undefined>

const textOf = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')

export const periodOf = ({ days }: Search): Period => PERIODS.find(period => String(period) === days) ?? usual

export const sortOf = ({ sort }: Search): Sort => (Object.keys(SORTS) as Sort[]).find(known => known === sort) ?? 'attempts'

const day = (at: Date): string => at.toISOString().slice(0, 10)

/** The last so many days of UTC, today included. */
export const daysOf = (period: Period, now: Date): Days => ({
  first: day(new Date(now.getTime() - (period - 1) * 86_400_000)),
  last: day(now),
})

const SHAPES: Record<keyof SuccessOf, RegExp> = {
  tac: /^[0-9]{8}$/,
  eum: /^[0-9]{8}$/,
  svn: /^[0-9.]{1,11}$/,
  type: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
}

/** Which attempts an address names; undefined: all of them, or it is none of ours. */
export function namedIn(search: Search): SuccessOf | undefined {
  const named = Object.entries(SHAPES).flatMap(([name, shape]) => (shape.test(textOf(search[name])) ? [[name, textOf(search[name])]] : []))
  return named.length > 0 ? Object.fromEntries(named) : undefined
}

/** Where these attempts are looked at by themselves. */
export const attemptsAddress = (of: SuccessOf, period: Period): string =>
  `/support/devices/attempts?${new URLSearchParams({ ...of, days: String(period) })}`

export const devicesAddress = (period: Period, sort: Sort = 'attempts'): string =>
  `/support/devices?${new URLSearchParams({ days: String(period), ...(sort === 'attempts' ? {} : { sort }) })}`
