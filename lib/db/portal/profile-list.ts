import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import { PROFILE_STATES } from '@/lib/rsp/lifecycle'
import type { Queryable } from '../pool'
import { Parameters, readSearch, searchCondition } from './profile-search'

/** Rows are counted up to here; beyond it the answer is "more than". */
export const COUNT_CAP = 10_000

/** Rows that can be paged through. */
export const PAGING_CAP = 100_000

export const PROFILE_SORTS = ['changed', 'added', 'iccid'] as const
export type ProfileSort = (typeof PROFILE_SORTS)[number]

export interface ProfileQuery {
  search: string
  states: ProfileState[]
  /** A type's name */
  type?: string | undefined
  runtimeStates: RuntimeState[]
  sort: ProfileSort
  descending: boolean
  /** From 1 */
  page: number
  pageSize: number
}

export interface ProfileRow {
  iccid: string
  state: ProfileState
  runtimeState: RuntimeState | null
  type: string
  live: boolean
  packageName: string
  imsi: string | null
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
  hasNext: boolean
}

const ORDER: Record<ProfileSort, string> = { changed: 'state_since', added: 'created_at', iccid: 'iccid' }

/** A name without a type finds nothing. */
async function typeId(db: Queryable, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined
  const { rows } = await db.query<{ id: string }>({ text: 'SELECT id FROM profile_type WHERE name = $1', values: [name] })
  return rows[0]?.id ?? '00000000-0000-0000-0000-000000000000'
}

/** `type` is an id here. */
function conditions(query: Pick<ProfileQuery, 'search' | 'states' | 'type' | 'runtimeStates'>, parameters: Parameters): string {
  const all = [
    searchCondition(readSearch(query.search), parameters),
    query.states.length ? `p.state = ANY (${parameters.add(query.states)}::text[])` : undefined,
    query.type === undefined ? undefined : `p.type_id = ${parameters.add(query.type)}::uuid`,
    query.runtimeStates.length ? `p.runtime_state = ANY (${parameters.add(query.runtimeStates)}::text[])` : undefined,
  ].filter(each => each !== undefined)
  return all.length ? `WHERE ${all.join(' AND ')}` : ''
}

async function countUpToCap(db: Queryable, query: ProfileQuery): Promise<number> {
  const parameters = new Parameters()
  const where = conditions(query, parameters)
  const { rows } = await db.query<{ count: number }>({
    text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM profile p ${where} LIMIT ${COUNT_CAP + 1}) AS capped`,
    values: parameters.values,
  })
  return rows[0]?.count ?? 0
}

/**
 * One page of profiles. The keys are found first, only the page's rows are read: of few that fit by finding all and sorting them, of many
 * by walking the sort's index.
 */
export async function listProfiles(db: Queryable, asked: ProfileQuery): Promise<ProfilePage> {
  const query = { ...asked, type: await typeId(db, asked.type) }
  const count = await countUpToCap(db, query)
  const parameters = new Parameters()
  const where = conditions(query, parameters)
  const column = ORDER[query.sort]
  const direction = query.descending ? 'DESC' : 'ASC'
  const order = query.sort === 'iccid' ? `p.iccid ${direction}` : `p.${column} ${direction}, p.iccid ${direction}`
  const offset = Math.min((query.page - 1) * query.pageSize, PAGING_CAP)
  const fitting =
    where && count <= COUNT_CAP
      ? `(SELECT p.iccid, p.state_since, p.created_at FROM profile p ${where} OFFSET 0) AS p`
      : `profile p ${where}`
  const { rows } = await db.query<ProfileRow>({
    text: `
      WITH keys AS MATERIALIZED (
        SELECT p.iccid FROM ${fitting}
        ORDER BY ${order} LIMIT ${parameters.add(query.pageSize + 1)} OFFSET ${parameters.add(offset)})
      SELECT p.iccid, p.state, p.runtime_state AS "runtimeState", t.name AS type, t.live, p.package_name AS "packageName", p.imsi,
        coalesce(p.eid, o.eid) AS eid, o.matching_id AS "matchingId",
        to_char(p.state_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt",
        to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "addedAt"
      FROM keys JOIN profile p USING (iccid) JOIN profile_type t ON t.id = p.type_id
        LEFT JOIN download_order o ON o.id = p.order_id
      ORDER BY ${order}`,
    values: parameters.values,
  })
  return {
    rows: rows.slice(0, query.pageSize),
    count,
    hasNext: rows.length > query.pageSize && offset + query.pageSize < PAGING_CAP,
  }
}

const none = Object.fromEntries(PROFILE_STATES.map(state => [state, 0])) as Record<ProfileState, number>

/** Profiles per state under the same search and type, each counted up to COUNT_CAP + 1. */
export async function countByState(
  db: Queryable,
  query: Pick<ProfileQuery, 'search' | 'type' | 'runtimeStates'>,
): Promise<Record<ProfileState, number>> {
  const parameters = new Parameters()
  const where = conditions({ ...query, type: await typeId(db, query.type), states: [] }, parameters) || 'WHERE true'
  // One subquery for each state with the state written out, so that each gets the plan that suits how many there are.
  const counts = PROFILE_STATES.map(
    state =>
      `(SELECT count(*)::int FROM (SELECT 1 FROM profile p ${where} AND p.state = '${state}' LIMIT ${COUNT_CAP + 1}) AS capped) AS "${state}"`,
  )
  const counted = await db.query<Record<ProfileState, number>>({ text: `SELECT ${counts.join(', ')}`, values: parameters.values })
  return counted.rows[0] ?? none
}

/** A few profiles for a search as it is typed; nothing for less than three characters. */
export async function findProfiles(db: Queryable, search: string, limit: number): Promise<ProfileRow[]> {
  if (search.trim().length < 3) return []
  const page = await listProfiles(db, {
    search,
    states: [],
    runtimeStates: [],
    sort: 'iccid',
    descending: false,
    page: 1,
    pageSize: limit,
  })
  return page.rows
}
