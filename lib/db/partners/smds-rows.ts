import { one, type Queryable, type Transaction } from '@/lib/db/pool'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { SmdsEventState } from '../order-rows'

/** An order's event on an SM-DS. */
export interface SmdsEventRow {
  orderId: string
  smdsAddress: string
  eid: string
  /** The order's MatchingID */
  eventId: string
}

/** Keys of the jobs that register the events of orders, and that go on trying to delete them: this and the order's id. */
export const REGISTER_KEY = 'register-event:'
export const DELETE_KEY = 'delete-event:'

// Of an order that has ended; an EID that was erased names no event any more.
const STILL_THERE = `smds_event = 'registered' AND closed_at IS NOT NULL AND eid ~ '^[0-9]{32}$' AND matching_id <> ''`

/** Events of orders that have ended at `after` or later and that are still there, the oldest first; not those that a job has taken over. */
export async function endedSmdsEvents(
  db: Queryable,
  { after, without, limit }: { after: Date; without: { smdsAddresses: readonly string[] }; limit: number },
): Promise<SmdsEventRow[]> {
  const { rows } = await db.query<SmdsEventRow & Record<string, unknown>>({
    name: 'ended-smds-events',
    text: `SELECT id AS "orderId", smds_address AS "smdsAddress", eid, matching_id AS "eventId" FROM download_order o
      WHERE ${STILL_THERE} AND closed_at >= $1 AND smds_address <> ALL($2::text[])
        AND NOT EXISTS (SELECT FROM graphile_worker._private_jobs j WHERE j.key = '${DELETE_KEY}' || o.id)
      ORDER BY closed_at LIMIT $3`,
    values: [after, without.smdsAddresses, limit],
  })
  return rows
}

/** The same of one order; undefined: there is nothing to delete (any more). */
export const endedSmdsEvent = (db: Queryable, orderId: string): Promise<SmdsEventRow | undefined> =>
  one<SmdsEventRow & Record<string, unknown>>(db, {
    name: 'ended-smds-event',
    text: `SELECT id AS "orderId", smds_address AS "smdsAddress", eid, matching_id AS "eventId" FROM download_order
      WHERE id = $1 AND ${STILL_THERE}`,
    values: [orderId],
  })

/** Whether an order says that this event is registered for it. */
export const isEventOfOrder = async (
  db: Queryable,
  { smdsAddress, eid, eventId }: Omit<SmdsEventRow, 'orderId'>,
  of: 'any order' | 'an open order',
): Promise<boolean> =>
  (await one(db, {
    name: `smds-event-of-${of}`,
    text: `SELECT FROM download_order WHERE matching_id = $1 AND eid = $2 AND lower(smds_address) = lower($3) AND smds_event = 'registered'
      ${of === 'an open order' ? 'AND closed_at IS NULL' : ''} LIMIT 1`,
    values: [eventId, eid, smdsAddress],
  })) !== undefined

/** Waits until nobody else is about to register or delete the event with this key, and keeps them away until the transaction ends. */
export const lockSmdsEvent = (tx: Transaction, key: string) =>
  tx.query({ name: 'lock-smds-event', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7270741))', values: [key] })

/** The member `note` of the payload of the job with this key; undefined: there is no such job. */
export const noteOfJob = async (db: Queryable, key: string): Promise<string | null | undefined> =>
  (
    await one<{ note: string | null }>(db, {
      name: 'smds-note-of-job',
      text: `SELECT payload ->> 'note' AS note FROM graphile_worker._private_jobs WHERE key = $1`,
      values: [key],
    })
  )?.note

/** An order whose event may have to be registered. */
export interface WaitingEvent extends Omit<SmdsEventRow, 'eid' | 'eventId'> {
  eid: string | null
  eventId: string | null
  smdsEvent: SmdsEventState
  /** Of the profile, as long as the order is open */
  state: ProfileState | null
}

/** Undefined: there is no such order, or it has no SM-DS. */
export const readWaitingEvent = (db: Queryable, orderId: string): Promise<WaitingEvent | undefined> =>
  one<WaitingEvent & Record<string, unknown>>(db, {
    name: 'waiting-smds-event',
    text: `SELECT o.id AS "orderId", o.smds_address AS "smdsAddress", o.eid, o.matching_id AS "eventId", o.smds_event AS "smdsEvent", p.state
      FROM download_order o LEFT JOIN profile p ON p.order_id = o.id WHERE o.id = $1 AND o.smds_event IS NOT NULL`,
    values: [orderId],
  })

/** Writes down what has become of an event, where it was in this state. */
export async function moveSmdsEvent(db: Queryable, orderId: string, from: SmdsEventState, to: SmdsEventState): Promise<void> {
  await db.query({
    name: 'move-smds-event',
    text: 'UPDATE download_order SET smds_event = $3 WHERE id = $1 AND smds_event = $2',
    values: [orderId, from, to],
  })
}
