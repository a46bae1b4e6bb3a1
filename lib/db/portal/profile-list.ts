import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import type { Database, Queryable } from '../pool'
import { ALL_PROFILES, COUNT_CAP, chosenStates, isPartOfStock, type ProfileFilters } from './profile-filters'
import { type Counted, candidates, countExactly, countReported, countView, type StateCounts } from './profile-list-count'
import { readScope, type Scope } from './profile-list-scope'
import { type Key, type ProfileSort, walk } from './profile-list-walk'
import { Parameters } from './profile-search'

export { ALL_PROFILES, COUNT_CAP, type ProfileFilters } from './profile-filters'
export type { StateCounts } from './profile-list-count'
export { PROFILE_SORTS, type ProfileSort } from './profile-list-walk'

/** A row beside which a page lies. */
export interface Cursor extends Key {
  /** How many rows lie before the page that comes after it, or that ends at it: for the eye, it may be behind the times. */
  rank: number
}

export interface ProfileQuery extends ProfileFilters {
  sort: ProfileSort
  descending: boolean
  /** The page after this row, or the one before it; neither: the first */
  after?: Cursor | undefined
  before?: Cursor | undefined
  pageSize: number
}

export interface ProfileRow {
  iccid: string
  state: ProfileState
  runtimeState: RuntimeState | null
  type: string
  live: boolean
  /** Name of the batch; null for a profile that came without one */
  batch: string | null
  batchId: string | null
  packageName: string
  imsi: string | null
  msisdn: string | null
  /** The eUICC that took the package, or the one that the open order is for */
  eid: string | null
  matchingId: string | null
  /** ISO 8601 */
  changedAt: string
  addedAt: string
}

export interface ProfilePage {
  rows: ProfileRow[]
  /** Up to COUNT_CAP + 1 */
  count: number
  /** Of all states, whichever are chosen, each up to COUNT_CAP + 1; undefined when the search fits too many to tell them apart */
  counts: StateCounts | undefined
  /** How many rows lie before the first of these, as far as is known */
  rank: number
  hasNext: boolean
  previous: Cursor | undefined
  next: Cursor | undefined
}

/** A view as it was opened: which batches it is over stays the same for all that is asked of it. */
export interface ProfileView {
  db: Queryable
  filters: ProfileFilters
  scope: Scope
  counted?: Promise<Counted>
}

export const openView = async (db: Queryable, filters: ProfileFilters): Promise<ProfileView> => ({
  db,
  filters,
  scope: await readScope(db, filters),
})

const countsOf = (view: ProfileView): Promise<Counted> => {
  view.counted ??= countView(view.db, view.scope, view.filters)
  return view.counted
}

/** More than are counted may still be sorted faster than an order is walked in which they are few. */
const mostSorted = 30_000

interface Wanted {
  sort: ProfileSort
  descending: boolean
  from: Key | undefined
  limit: number
}

/**
 * The next keys of a view. Where no index has the view in its order, few that fit are all found and sorted; of many the order is walked,
 * and what does not fit passed over.
 */
export async function viewKeys(view: ProfileView, wanted: Wanted): Promise<Key[]> {
  const { db, scope, filters } = view
  const searched = scope.found.search.by !== 'none' || filters.runtimeStates.length > 0
  if (!searched && !(isPartOfStock(filters) && wanted.sort === 'changed'))
    return walk(db, { ...wanted, scope, filters, states: filters.states })
  const states = chosenStates(filters)
  const { counts, count } = await countsOf(view)
  const most = count <= COUNT_CAP ? COUNT_CAP : wanted.sort !== 'iccid' && (await mayBeSorted(view)) ? mostSorted : 0
  const few = most > 0 ? await sortFew(view, wanted, most) : undefined
  if (few) return few
  return walk(db, { ...wanted, scope, filters, states: counts ? states.filter(state => counts[state] > 0) : filters.states })
}

/** Whether a view of more than are counted may be small enough to be sorted. */
async function mayBeSorted({ db, scope, filters }: ProfileView): Promise<boolean> {
  if (scope.found.search.by !== 'none') return true
  if (filters.runtimeStates.length > 0) return (await countReported(db, filters, mostSorted + 1)) <= mostSorted
  return scope.batches.reduce((sum, { size }) => sum + size, 0) <= mostSorted
}

const TIMES = { changed: 'f.state_since', added: 'f.created_at' } as const

/** Finds all and sorts them; undefined when there are more than `most`. */
async function sortFew(
  { db, scope, filters }: ProfileView,
  { sort, descending, from, limit }: Wanted,
  most: number,
): Promise<Key[] | undefined> {
  const parameters = new Parameters()
  const [direction, past] = descending ? ['DESC', '<'] : ['ASC', '>']
  const time = sort === 'iccid' ? undefined : TIMES[sort]
  const found = candidates(scope, filters, filters.states, parameters, most + 1)
  const start = from && parameters.add(from.iccid)
  const where = !from
    ? ''
    : time
      ? `WHERE (${time}, f.iccid) ${past} (${parameters.add(new Date(from.at))}::timestamptz, ${start})`
      : `WHERE f.iccid ${past} ${start}`
  const { rows } = await db.query<Key & { found: number }>({
    text: `WITH f AS MATERIALIZED (${found})
      SELECT (SELECT count(*)::int FROM f) AS found, ${time ? `(extract(epoch FROM ${time}) * 1000)::float8` : '0::float8'} AS at, f.iccid FROM f ${where}
      ORDER BY ${time ? `${time} ${direction}, ` : ''}f.iccid ${direction} LIMIT ${limit}`,
    values: parameters.values,
  })
  return (rows[0]?.found ?? 0) > most ? undefined : rows.map(({ at, iccid }) => ({ at, iccid }))
}

const COLUMNS = `p.iccid, p.state, p.runtime_state AS "runtimeState", t.name AS type, t.live, b.name AS batch, p.batch_id::text AS "batchId",
  p.package_name AS "packageName", p.imsi, p.msisdn, coalesce(p.eid, o.eid) AS eid, o.matching_id AS "matchingId",
  to_char(p.state_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt",
  to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "addedAt"`

/** The rows of these profiles, in this order; those that are gone by now are left out. */
export async function readRows(db: Queryable, iccids: string[]): Promise<ProfileRow[]> {
  const { rows } = await db.query<ProfileRow & Record<string, unknown>>({
    text: `SELECT ${COLUMNS} FROM profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN batch b ON b.id = p.batch_id
        LEFT JOIN download_order o ON o.id = p.order_id
      WHERE p.iccid = ANY ($1::text[])`,
    values: [iccids],
  })
  const byIccid = new Map(rows.map(row => [row.iccid, row]))
  return [...new Set(iccids)].flatMap(iccid => byIccid.get(iccid) ?? [])
}

/** One page of profiles, with how many there are. */
export async function listProfiles(db: Queryable, query: ProfileQuery): Promise<ProfilePage> {
  const view = await openView(db, query)
  const [keys, counted] = await Promise.all([pageKeys(view, query), countsOf(view)])
  const rows = await readRows(
    db,
    keys.page.map(({ iccid }) => iccid),
  )
  return { ...cursorsOf(keys), rows, ...counted }
}

interface PageKeys {
  page: Key[]
  rank: number
  hasPrevious: boolean
  hasNext: boolean
}

async function pageKeys(view: ProfileView, { sort, descending, after, before, pageSize }: ProfileQuery): Promise<PageKeys> {
  const limit = pageSize + 1
  if (before && !after) {
    const keys = await viewKeys(view, { sort, descending: !descending, from: before, limit })
    if (keys.length >= pageSize) {
      const page = keys.slice(0, pageSize).reverse()
      const hasPrevious = keys.length > pageSize
      return { page, rank: hasPrevious ? Math.max(before.rank - pageSize, 1) : 0, hasPrevious, hasNext: true }
    }
  }
  const keys = await viewKeys(view, { sort, descending, from: after, limit })
  return { page: keys.slice(0, pageSize), rank: after?.rank ?? 0, hasPrevious: after !== undefined, hasNext: keys.length > pageSize }
}

function cursorsOf({ page, rank, hasPrevious, hasNext }: PageKeys): Pick<ProfilePage, 'rank' | 'hasNext' | 'previous' | 'next'> {
  const [first, last] = [page[0], page.at(-1)]
  return {
    rank,
    hasNext,
    previous: hasPrevious && first ? { ...first, rank } : undefined,
    next: hasNext && last ? { ...last, rank: rank + page.length } : undefined,
  }
}

/** Profiles per state under the same filters, whatever states are chosen, as `ProfilePage.counts`. */
export const countByState = async (db: Queryable, filters: Omit<ProfileFilters, 'states'>): Promise<StateCounts | undefined> =>
  (await countsOf(await openView(db, { ...filters, states: [] }))).counts

/** How many profiles of a view are in each of its states, counted to the last one. */
export const countAll = async (db: Database, filters: ProfileFilters): Promise<StateCounts> =>
  countExactly(db, await readScope(db, filters), filters)

/** A few profiles for a search as it is typed; nothing for less than three characters. */
export async function findProfiles(db: Queryable, search: string, limit: number): Promise<ProfileRow[]> {
  if (search.trim().length < 3) return []
  const view = await openView(db, { ...ALL_PROFILES, search })
  const keys = await viewKeys(view, { sort: 'iccid', descending: false, from: undefined, limit })
  return readRows(
    db,
    keys.map(({ iccid }) => iccid),
  )
}
