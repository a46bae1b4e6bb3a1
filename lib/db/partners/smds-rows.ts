import { one, type Queryable } from '@/lib/db/pool'
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

/** Events of orders that have ended at `after` or later and that are still there, the oldest first; an EID that was erased names none any more. */
export async function endedSmdsEvents(
  db: Queryable,
  { after, without, limit }: { after: Date; without: { smdsAddresses: readonly string[]; orderIds: readonly string[] }; limit: number },
): Promise<SmdsEventRow[]> {
  const { rows } = await db.query<SmdsEventRow & Record<string, unknown>>({
    name: 'ended-smds-events',
    text: `SELECT id AS "orderId", smds_address AS "smdsAddress", eid, matching_id AS "eventId" FROM download_order
      WHERE smds_event = 'registered' AND closed_at >= $1 AND eid ~ '^[0-9]{32}$' AND matching_id <> ''
        AND smds_address <> ALL($2::text[]) AND id <> ALL($3::uuid[])
      ORDER BY closed_at LIMIT $4`,
    values: [after, without.smdsAddresses, without.orderIds, limit],
  })
  return rows
}

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
