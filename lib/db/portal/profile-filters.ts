import { PROFILE_STATES, type ProfileState, type RuntimeState } from '@/lib/rsp/lifecycle'
import { type FoundSearch, type Parameters, searchCondition } from './profile-search'

/** What a view of the stock shows. */
export interface ProfileFilters {
  search: string
  /** None: all */
  states: ProfileState[]
  /** A type's name */
  type?: string | undefined
  /** A batch's id */
  batch?: string | undefined
  /** Added at this moment or later */
  addedFrom?: Date | undefined
  /** Added before this moment */
  addedBefore?: Date | undefined
  runtimeStates: RuntimeState[]
  /** Only what was stock at this moment and has not changed since */
  asOf?: Date | undefined
}

export const ALL_PROFILES: ProfileFilters = { search: '', states: [], runtimeStates: [] }

/** Rows are counted up to here; beyond it the answer is "more than". */
export const COUNT_CAP = 10_000

export const chosenStates = (filters: ProfileFilters): readonly ProfileState[] => (filters.states.length ? filters.states : PROFILE_STATES)

/** Whether a date or batch is asked for. */
export const isPartOfStock = ({ batch, addedFrom, addedBefore }: ProfileFilters): boolean =>
  batch !== undefined || addedFrom !== undefined || addedBefore !== undefined

/** Conditions on `profile p` that say when it was added. */
export const addedConditions = ({ addedFrom, addedBefore }: ProfileFilters, parameters: Parameters): string[] => [
  ...(addedFrom ? [`p.created_at >= ${parameters.add(addedFrom)}::timestamptz`] : []),
  ...(addedBefore ? [`p.created_at < ${parameters.add(addedBefore)}::timestamptz`] : []),
]

/** Conditions on `profile p` for what the scope, the search, the states and the dates do not say already. */
export const otherConditions = (filters: ProfileFilters, parameters: Parameters): string[] => [
  ...(filters.runtimeStates.length ? [`p.runtime_state = ANY (${parameters.add(filters.runtimeStates)}::text[])`] : []),
  ...(filters.asOf ? [`p.state_since <= ${parameters.add(filters.asOf)}::timestamptz`] : []),
]

/** The same and the search, written so that no index is taken for them: for those who walk an index that has the order. */
export function passingConditions(filters: ProfileFilters, found: FoundSearch, parameters: Parameters): string[] {
  const search = searchCondition(found, parameters)
  return [...otherConditions(filters, parameters), ...(search ? [search] : [])].map(condition => `(${condition}) IS TRUE`)
}
