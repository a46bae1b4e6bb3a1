import { one, type Queryable } from '../pool'
import { EXPIRING, NEARLY_USED_UP, NO_RESULT, NOT_DELETED, NOT_ENABLED } from './radar-rules'

/** What will become a call, the most pressing first. radar-rules.ts says what each of them is. */
export const RADAR_KINDS = ['nearlyUsedUp', 'noResult', 'expiring', 'notDeleted', 'notEnabled'] as const
export type RadarKind = (typeof RADAR_KINDS)[number]

/** A profile on the radar. */
export interface RadarLine {
  kind: RadarKind
  iccid: string
  /** Since when; of an order about to expire the moment at which it does. With the ICCID the place of the line in its list. */
  at: Date
  type: string
  reference: string | null
  customerEmail: string | null
  msisdn: string | null
  /** The eUICC that it is about, where there is one */
  eid: string | null
  /** Tries that are left of `limit` (nearlyUsedUp) */
  left: number | null
  limit: number | null
  /** The profile that took its place (notDeleted, after a replacement) */
  newIccid: string | null
}

/** The last line of the page before. */
export type RadarCursor = Pick<RadarLine, 'at' | 'iccid'>

export type RadarCounts = Record<RadarKind, number>

/** As far as is counted: one more means that there are more. */
export const radarCountCap = 1_000

const RULES: Record<RadarKind, string> = {
  nearlyUsedUp: NEARLY_USED_UP,
  noResult: NO_RESULT,
  expiring: EXPIRING,
  notDeleted: NOT_DELETED,
  notEnabled: NOT_ENABLED,
}

/** What comes soonest stands first of orders that expire, what has happened last of all others. */
const isAscending = (kind: RadarKind): boolean => kind === 'expiring'

const FURTHEST = { asc: '-infinity', desc: 'infinity' } as const

/** Rules are given the moment, the place after which to begin and how many are wanted. */
function parametersOf(kind: RadarKind, now: Date, after: RadarCursor | undefined, limit: number): unknown[] {
  return [now, after?.at ?? (isAscending(kind) ? FURTHEST.asc : FURTHEST.desc), after?.iccid ?? '', limit]
}

/** How many profiles are on the radar, each kind counted up to `radarCountCap` and one. */
export async function radarCounts(db: Queryable, now = new Date()): Promise<RadarCounts> {
  const counts = await Promise.all(RADAR_KINDS.map(async kind => [kind, await countOf(db, kind, now)] as const))
  return Object.fromEntries(counts) as RadarCounts
}

async function countOf(db: Queryable, kind: RadarKind, now: Date): Promise<number> {
  const row = await one<{ count: number }>(db, {
    text: `SELECT count(*)::int AS count FROM (${RULES[kind]}) AS found`,
    values: parametersOf(kind, now, undefined, radarCountCap + 1),
  })
  return row?.count ?? 0
}

/**
 * A page of a kind.
 * @returns `next` is where the page after it goes on; undefined at the end
 */
export async function radarLines(
  db: Queryable,
  kind: RadarKind,
  { now = new Date(), after, limit = 50 }: { now?: Date; after?: RadarCursor | undefined; limit?: number } = {},
): Promise<{ lines: RadarLine[]; next?: RadarCursor }> {
  const { rows } = await db.query<Omit<RadarLine, 'kind'> & Record<string, unknown>>({
    text: `SELECT found.iccid, found.at, found.eid, found."left", found."limit", found.new_iccid AS "newIccid",
        t.name AS type, p.msisdn, o.reference, o.customer_email AS "customerEmail"
      FROM (${RULES[kind]}) AS found
        JOIN profile p ON p.iccid = found.iccid JOIN profile_type t ON t.id = p.type_id
        LEFT JOIN LATERAL (SELECT reference, customer_email FROM download_order o WHERE o.iccid = found.iccid
          ORDER BY o.created_at DESC LIMIT 1) o ON true
      ORDER BY found.at ${isAscending(kind) ? 'ASC' : 'DESC'}, found.iccid ${isAscending(kind) ? 'ASC' : 'DESC'}`,
    values: parametersOf(kind, now, after, limit + 1),
  })
  const lines = rows.slice(0, limit).map(row => ({ kind, ...row }))
  const last = lines.at(-1)
  return { lines, ...(rows.length > limit && last ? { next: { at: last.at, iccid: last.iccid } } : {}) }
}
