import { PAGE_SIZES } from '@/components/data-table/page-sizes'
import { PROFILE_COLUMNS, type ProfileColumn } from '@/lib/db/portal/profile-export'
import { type Cursor, PROFILE_SORTS, type ProfileFilters, type ProfileQuery } from '@/lib/db/portal/profile-list'
import { PROFILE_STATES, RUNTIME_STATES } from '@/lib/rsp/lifecycle'

export type SearchParameters = Record<string, string | string[] | undefined>

const single = (value: string | string[] | undefined): string => ((Array.isArray(value) ? value[0] : value) ?? '').replace(/\p{Cc}/gu, ' ')

const members = <T extends string>(value: string | string[] | undefined, all: readonly T[]): T[] => {
  const named = single(value).split(',')
  return all.filter(each => named.includes(each))
}

const whole = (value: string | string[] | undefined): number | undefined => {
  const text = single(value)
  return /^[1-9][0-9]{0,6}$/.test(text) ? Number(text) : undefined
}

const dayMs = 86_400_000

/** The beginning of a day in UTC, `later` days on; undefined for what is no date. */
function day(value: string | string[] | undefined, later = 0): Date | undefined {
  const text = single(value)
  const at = /^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at + later * dayMs)
}

/** A cursor as it stands in the URL. */
export const writeCursor = ({ rank, at, iccid }: Cursor): string => `${rank}.${at}.${iccid}`

function cursor(value: string | string[] | undefined): Cursor | undefined {
  const parts = /^([0-9]{1,9})\.(-?[0-9]{1,14})\.([0-9]{1,20})$/.exec(single(value))
  return parts ? { rank: Number(parts[1]), at: Number(parts[2]), iccid: parts[3] ?? '' } : undefined
}

/** Reads the table's state from the URL; what makes no sense is as good as absent. */
export function readProfileQuery(parameters: SearchParameters): ProfileQuery {
  const sort = single(parameters.sort)
  const by = PROFILE_SORTS.find(each => each === sort.replace(/^-/, ''))
  const search = single(parameters.q).slice(0, 200)
  // What was searched stands in the order of its numbers; stock as it moves, the latest first.
  const usual = search.trim() ? ({ sort: 'iccid', descending: false } as const) : ({ sort: 'changed', descending: true } as const)
  return {
    search,
    states: members(parameters.state, PROFILE_STATES),
    type: single(parameters.type) || undefined,
    batch: /^[0-9]{1,18}$/.exec(single(parameters.batch))?.[0],
    addedFrom: day(parameters.from),
    addedBefore: day(parameters.to, 1),
    runtimeStates: members(parameters.runtime, RUNTIME_STATES),
    ...(by ? { sort: by, descending: sort.startsWith('-') } : usual),
    after: cursor(parameters.after),
    before: cursor(parameters.before),
    pageSize: PAGE_SIZES.find(size => size === whole(parameters.size)) ?? 50,
  }
}

/** The columns that are asked for, or all; the ICCID is always among them. */
export function readColumns(value: string | string[] | undefined): ProfileColumn[] {
  const named = members(value, PROFILE_COLUMNS)
  return named.length === 0 ? [...PROFILE_COLUMNS] : PROFILE_COLUMNS.filter(column => column === 'iccid' || named.includes(column))
}

/** A view without its page and order, as JSON has it: dates in ISO 8601. */
export interface View {
  search: string
  states: ProfileFilters['states']
  type?: string
  batch?: string
  addedFrom?: string
  addedBefore?: string
  runtimeStates: ProfileFilters['runtimeStates']
}

export const viewOf = ({ search, states, type, batch, addedFrom, addedBefore, runtimeStates }: ProfileFilters): View => ({
  search,
  states,
  ...(type === undefined ? {} : { type }),
  ...(batch === undefined ? {} : { batch }),
  ...(addedFrom ? { addedFrom: addedFrom.toISOString() } : {}),
  ...(addedBefore ? { addedBefore: addedBefore.toISOString() } : {}),
  runtimeStates,
})

/** Whether a view leaves anything out. */
export const isFiltered = ({ search, states, runtimeStates, ...others }: View): boolean =>
  search.trim() !== '' || states.length > 0 || runtimeStates.length > 0 || Object.keys(others).length > 0
