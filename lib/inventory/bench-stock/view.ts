import { PROFILE_SORTS, type ProfileQuery } from '@/lib/db/portal/profile-list'
import { PROFILE_STATES, RUNTIME_STATES } from '@/lib/rsp/lifecycle'

/** A view as the table's URL has it; dates are counted back from today. */
export interface SearchParameters {
  q?: string
  state?: string
  type?: string
  batch?: string
  runtime?: string
  sort?: string
  fromDaysAgo?: number
  toDaysAgo?: number
}

const dayMs = 86_400_000

const dayOf = (daysAgo: number, now: Date): string => new Date(now.getTime() - daysAgo * dayMs).toISOString().slice(0, 10)

/** The view as the portal is asked for it. */
export function urlOf({ fromDaysAgo, toDaysAgo, ...named }: SearchParameters, now: Date): string {
  const dates = {
    ...(fromDaysAgo === undefined ? {} : { from: dayOf(fromDaysAgo, now) }),
    ...(toDaysAgo === undefined ? {} : { to: dayOf(toDaysAgo, now) }),
  }
  return `/profiles?${new URLSearchParams({ ...(named as Record<string, string>), ...dates })}`
}

/** The view as the database is asked for it. */
export function queryOf(view: SearchParameters, now: Date): ProfileQuery {
  const named = <T extends string>(text: string | undefined, all: readonly T[]) => all.filter(each => text?.split(',').includes(each))
  const sort = PROFILE_SORTS.find(each => each === view.sort?.replace(/^-/, ''))
  const usual = view.q ? ({ sort: 'iccid', descending: false } as const) : ({ sort: 'changed', descending: true } as const)
  const day = (daysAgo: number | undefined, later: number) =>
    daysAgo === undefined ? undefined : new Date(Date.parse(dayOf(daysAgo, now)) + later * dayMs)
  return {
    search: view.q ?? '',
    states: named(view.state, PROFILE_STATES),
    type: view.type,
    batch: view.batch,
    addedFrom: day(view.fromDaysAgo, 0),
    addedBefore: day(view.toDaysAgo, 1),
    runtimeStates: named(view.runtime, RUNTIME_STATES),
    ...(sort ? { sort, descending: view.sort?.startsWith('-') === true } : usual),
    pageSize: 50,
  }
}
