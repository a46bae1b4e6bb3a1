import { type Attempt, attemptsOf } from '@/lib/rsp/explain/attempt'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { nameDevices } from '../device-model-rows'
import type { Queryable } from '../pool'

const COLUMNS = `e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, e.order_id AS "orderId", e.eid,
  e.transaction_id AS "transactionId", e.actor, e.kind, e.outcome, e.status, e.detail, e.data`

/** Events that are read for one page of attempts: an attempt has two to five, one with many wrong confirmation codes more. */
const eventsPerAttempt = 6

export interface AttemptPage {
  /** Newest first */
  attempts: Attempt[]
  /** Of the oldest event that was read: where the next page goes on; undefined at the end */
  before?: string
}

/** All events of the attempts that a page began with are on it: the oldest attempt, which may be cut, is left to the next page. */
function pageOf(events: TimelineEvent[], limit: number, read: number): AttemptPage {
  const whole = attemptsOf(events)
  const cut = events.length === read
  const kept = cut && whole.length > 1 ? whole.slice(0, -1) : whole
  const attempts = kept.slice(0, limit)
  const oldest = attempts.at(-1)?.events[0]
  return { attempts, ...(oldest && (cut || kept.length > limit) ? { before: oldest.id } : {}) }
}

/**
 * What devices tried with a profile, with the facts that they told of themselves, newest first.
 * @param options.before id of an event: only older ones
 */
export async function profileAttempts(
  db: Queryable,
  iccid: string,
  { limit = 50, before }: { limit?: number; before?: string | undefined } = {},
): Promise<AttemptPage> {
  const read = limit * eventsPerAttempt
  const { rows } = await db.query<TimelineEvent & Record<string, unknown>>({
    name: 'portal-profile-attempts',
    text: `SELECT ${COLUMNS} FROM profile_event e WHERE e.iccid = $1 AND e.id < $2::bigint AND e.transaction_id IS NOT NULL ORDER BY e.id DESC LIMIT $3`,
    values: [iccid, before ?? '9223372036854775807', read],
  })
  return pageOf(await nameDevices(db, rows), limit, read)
}

/** What a device tried with codes that no order has: its events belong to no profile. Newest first. */
export async function strayAttempts(
  db: Queryable,
  eid: string,
  { limit = 20, before }: { limit?: number; before?: string | undefined } = {},
): Promise<AttemptPage> {
  const read = limit * eventsPerAttempt
  const { rows } = await db.query<TimelineEvent & Record<string, unknown>>({
    name: 'portal-stray-attempts',
    text: `SELECT ${COLUMNS} FROM profile_event e WHERE e.iccid IS NULL AND e.eid = $1 AND e.id < $2::bigint AND e.transaction_id IS NOT NULL
      ORDER BY e.id DESC LIMIT $3`,
    values: [eid, before ?? '9223372036854775807', read],
  })
  return pageOf(await nameDevices(db, rows), limit, read)
}
