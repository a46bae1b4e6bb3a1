import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import type { Queryable } from '../pool'
import { addedConditions, COUNT_CAP, chosenStates, isPartOfStock, otherConditions, type ProfileFilters } from './profile-filters'
import { batchRows, type Scope } from './profile-list-scope'
import { Parameters, type SearchBranch, searchBranches } from './profile-search'

export type StateCounts = Record<ProfileState, number>

const all = (conditions: string[]): string => conditions.join(' AND ')

/**
 * Profiles that fit, found by what is searched for, as a subquery of `iccid`, `state`, `state_since` and `created_at`: each way in which a
 * profile can fit has its own index and its own limit, so that one that fits many does not keep the others from being looked at.
 * @param limit of each way, and of all together
 */
export function candidates(
  scope: Scope,
  filters: ProfileFilters,
  states: readonly ProfileState[],
  parameters: Parameters,
  limit: number | undefined,
): string {
  const atMost = limit === undefined ? '' : `LIMIT ${limit}`
  const columns = 'p.iccid, p.state, p.state_since, p.created_at'
  const narrow = [
    ...otherConditions(filters, parameters),
    ...(states.length ? [`p.state = ANY (${parameters.add(states)}::text[])`] : []),
    ...(filters.type !== undefined || states.length ? [`p.type_id = ANY (${parameters.add(scope.types)}::uuid[])`] : []),
  ]
  const single = all(['p.batch_id IS NULL', ...addedConditions(filters, parameters)])
  const inScope = (batches: Scope['batches']) => {
    const ids = batches.length ? [`p.batch_id = ANY (${parameters.add(batches.map(({ id }) => id))}::bigint[])`] : []
    return `(${[...ids, ...(scope.withSingles ? [single] : [])].join(' OR ') || 'false'})`
  }
  const { found } = scope
  const branches: Omit<SearchBranch, 'by'>[] = found.search.by === 'none' ? [{ condition: 'true' }] : searchBranches(found, parameters)
  const ways = branches.map(({ condition, iccidPrefix }) => {
    if (iccidPrefix === undefined)
      return `SELECT ${columns} FROM profile p WHERE ${all([condition, inScope(scope.batches), ...narrow])} ${atMost}`
    const batches = scope.batches.filter(
      ({ firstIccid, lastIccid }) =>
        (firstIccid === undefined || firstIccid.slice(0, iccidPrefix.length) <= iccidPrefix) &&
        (lastIccid === undefined || lastIccid.slice(0, iccidPrefix.length) >= iccidPrefix),
    )
    const inBatches = `SELECT w.* FROM ${batchRows(batches, parameters)} CROSS JOIN LATERAL (
      SELECT ${columns} FROM profile p WHERE ${all(['p.batch_id = b.id', 'p.type_id = b.type_id', condition, ...narrow])} ${atMost}) AS w ${atMost}`
    return scope.withSingles
      ? `(${inBatches}) UNION ALL (SELECT ${columns} FROM profile p WHERE ${all([single, condition, ...narrow])} ${atMost})`
      : inBatches
  })
  if (ways.length === 0) return `SELECT ${columns} FROM profile p WHERE false`
  return ways.length === 1
    ? `SELECT * FROM (${ways[0]}) AS f ${atMost}`
    : `SELECT * FROM (${ways.map(each => `(${each})`).join(' UNION ')}) AS f ${atMost}`
}

/** Profiles in one state, as a subquery without columns. */
function inState(scope: Scope, filters: ProfileFilters, state: ProfileState, parameters: Parameters, atMost: string): string {
  const others = [`p.state = '${state}'`, ...otherConditions(filters, parameters)]
  // What a device told of, or is not Available, has been touched, and so is in stock.
  const isTouched = state !== 'Available' || filters.runtimeStates.length > 0
  const types = () => `unnest(${parameters.add(scope.types)}::uuid[]) AS t (id)`
  if (isTouched && filters.runtimeStates.length > 0 && filters.type === undefined && !isPartOfStock(filters) && !filters.asOf)
    return `SELECT FROM profile p WHERE ${all(others)}`
  if (isTouched && !isPartOfStock(filters) && !filters.asOf)
    return `SELECT FROM ${types()} CROSS JOIN LATERAL (SELECT FROM profile p WHERE ${all(['p.type_id = t.id', ...others])} ${atMost}) AS w`
  const batches = `SELECT FROM ${batchRows(scope.batches, parameters)} CROSS JOIN LATERAL (
    SELECT FROM profile p WHERE ${all(['p.type_id = b.type_id', 'p.batch_id = b.id', ...others])} ${atMost}) AS w`
  const single = ['p.type_id = t.id', 'p.batch_id IS NULL', ...others, ...addedConditions(filters, parameters)]
  return scope.withSingles
    ? `(${batches} ${atMost}) UNION ALL (SELECT FROM ${types()} CROSS JOIN LATERAL (SELECT FROM profile p WHERE ${all(single)} ${atMost}) AS w ${atMost})`
    : batches
}

const none = Object.fromEntries(PROFILE_STATES.map(state => [state, 0])) as StateCounts

/** One subquery for each state, so that each gets the plan that suits how many there are. */
async function countEach(
  db: Queryable,
  subquery: (state: ProfileState, parameters: Parameters) => string,
  states: readonly ProfileState[],
  limit: string,
): Promise<StateCounts> {
  const parameters = new Parameters()
  const counts = states.map(
    state => `(SELECT count(*)::int FROM (SELECT FROM (${subquery(state, parameters)}) AS w ${limit}) AS capped) AS "${state}"`,
  )
  const { rows } = await db.query<StateCounts>({ text: `SELECT ${counts.join(', ')}`, values: parameters.values })
  return { ...none, ...rows[0] }
}

export interface Counted {
  /** Per state, whatever states are chosen, each up to COUNT_CAP + 1; undefined when the search fits too many to tell them apart */
  counts: StateCounts | undefined
  /** In the chosen states, up to COUNT_CAP + 1 */
  count: number
}

const sumOf = (counts: StateCounts, states: readonly ProfileState[]): number =>
  Math.min(
    states.reduce((sum, state) => sum + counts[state], 0),
    COUNT_CAP + 1,
  )

/** Counts what a view shows, and what it would show of other states. */
export async function countView(db: Queryable, scope: Scope, filters: ProfileFilters): Promise<Counted> {
  const most = COUNT_CAP + 1
  const limit = `LIMIT ${most}`
  const states = chosenStates(filters)
  if (scope.found.search.by === 'none') {
    const counts = await countEach(db, (state, parameters) => inState(scope, filters, state, parameters, limit), PROFILE_STATES, limit)
    return { counts, count: sumOf(counts, states) }
  }
  const found = await countFound(db, scope, filters, [], most)
  if (sumOf(found, PROFILE_STATES) <= COUNT_CAP) return { counts: found, count: sumOf(found, states) }
  if (filters.states.length === 0) return { counts: undefined, count: most }
  return { counts: undefined, count: sumOf(await countFound(db, scope, filters, filters.states, most), states) }
}

async function countFound(
  db: Queryable,
  scope: Scope,
  filters: ProfileFilters,
  states: readonly ProfileState[],
  limit: number | undefined,
): Promise<StateCounts> {
  const parameters = new Parameters()
  const { rows } = await db.query<{ state: ProfileState; count: number }>({
    text: `SELECT state, count(*)::int AS count FROM (${candidates(scope, filters, states, parameters, limit)}) AS f GROUP BY state`,
    values: parameters.values,
  })
  return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) }
}

/** How many profiles devices told something of, whatever else the view is narrowed to, counted up to `limit`. */
export async function countReported(db: Queryable, { runtimeStates }: ProfileFilters, limit: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*)::int AS count FROM (SELECT FROM profile WHERE runtime_state = ANY ($1::text[]) LIMIT ${limit}) AS capped`,
    values: [runtimeStates],
  })
  return rows[0]?.count ?? 0
}

/** How many profiles fit in each of the chosen states, counted to the last one: up to a second over a million. */
export async function countExactly(db: Queryable, scope: Scope, filters: ProfileFilters): Promise<StateCounts> {
  const states = chosenStates(filters)
  if (scope.found.search.by !== 'none') return countFound(db, scope, filters, filters.states, undefined)
  return countEach(db, (state, parameters) => inState(scope, filters, state, parameters, ''), states, '')
}
