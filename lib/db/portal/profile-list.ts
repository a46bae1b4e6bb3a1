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

function conditions(query: Omit<ProfileQuery, 'sort' | 'descending' | 'page' | 'pageSize'>, parameters: Parameters): string {
  const all = [
    searchCondition(readSearch(query.search), parameters),
    query.states.length ? `p.state = ANY (${parameters.add(query.states)}::text[])` : undefined,
    query.type === undefined ? undefined : `p.type_id = (SELECT id FROM profile_type WHERE name = ${parameters.add(query.type)})`,
    query.runtimeStates.length ? `p.runtime_state = ANY (${parameters.add(query.runtimeStates)}::text[])` : undefined,
  ].filter(each => each !== undefined)
  return all.length ? `WHERE ${all.join(' AND ')}` : ''
}

/** One page of profiles: the keys are found on an index first, only the page's rows are read. */
export async function listProfiles(db: Queryable, query: ProfileQuery): Promise<ProfilePage> {
  const parameters = new Parameters()
  const where = conditions(query, parameters)
  const direction = query.descending ? 'DESC' : 'ASC'
  const order = query.sort === 'iccid' ? `p.iccid ${direction}` : `p.${ORDER[query.sort]} ${direction}, p.iccid ${direction}`
  const offset = Math.min((query.page - 1) * query.pageSize, PAGING_CAP)
  const countParameters = new Parameters()
  const countWhere = conditions(query, countParameters)
  const [page, counted] = await Promise.all([
    db.query<ProfileRow>({
      text: `
        WITH keys AS MATERIALIZED (
          SELECT p.iccid FROM profile p ${where}
          ORDER BY ${order} LIMIT ${parameters.add(query.pageSize + 1)} OFFSET ${parameters.add(offset)})
        SELECT p.iccid, p.state, p.runtime_state AS "runtimeState", t.name AS type, t.live, p.package_name AS "packageName", p.imsi,
          coalesce(p.eid, o.eid) AS eid, o.matching_id AS "matchingId",
          to_char(p.state_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "changedAt",
          to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "addedAt"
        FROM keys JOIN profile p USING (iccid) JOIN profile_type t ON t.id = p.type_id
          LEFT JOIN download_order o ON o.id = p.order_id
        ORDER BY ${order}`,
      values: parameters.values,
    }),
    db.query<{ count: number }>({
      text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM profile p ${countWhere} LIMIT ${COUNT_CAP + 1}) AS counted`,
      values: countParameters.values,
    }),
  ])
  return {
    rows: page.rows.slice(0, query.pageSize),
    count: counted.rows[0]?.count ?? 0,
    hasNext: page.rows.length > query.pageSize && offset + query.pageSize < PAGING_CAP,
  }
}

/** Profiles per state under the same search and type, each counted up to COUNT_CAP + 1. */
export async function countByState(
  db: Queryable,
  query: Pick<ProfileQuery, 'search' | 'type' | 'runtimeStates'>,
): Promise<Record<ProfileState, number>> {
  const parameters = new Parameters()
  const where = conditions({ ...query, states: [] }, parameters) || 'WHERE true'
  const states = parameters.add([...PROFILE_STATES])
  const counted = await db.query<{ state: ProfileState; count: number }>({
    text: `
      SELECT s.state, c.count FROM unnest(${states}::text[]) AS s(state),
        LATERAL (SELECT count(*)::int AS count FROM (SELECT 1 FROM profile p ${where} AND p.state = s.state LIMIT ${COUNT_CAP + 1}) AS capped) AS c`,
    values: parameters.values,
  })
  const counts = Object.fromEntries(PROFILE_STATES.map(state => [state, 0])) as Record<ProfileState, number>
  for (const { state, count } of counted.rows) counts[state] = count
  return counts
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
