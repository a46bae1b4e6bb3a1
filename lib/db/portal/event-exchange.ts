import type { ExchangeMatter } from '@/lib/rsp/decode/exchange'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { one, type Queryable } from '../pool'

export type StoredExchange = TimelineEvent & Omit<ExchangeMatter, keyof TimelineEvent>

/**
 * A step of a profile's timeline with all that is still held of its messages: sessions and bindings are swept after a while, the evidence
 * stays. Undefined when the profile has no such step.
 * @param id digits
 */
export function eventExchange(db: Queryable, iccid: string, id: string): Promise<StoredExchange | undefined> {
  return one<StoredExchange & Record<string, unknown>>(db, {
    name: 'portal-event-exchange',
    text: `SELECT e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, e.order_id AS "orderId", e.eid,
        e.transaction_id AS "transactionId", e.actor, e.kind, e.outcome, e.status, e.detail, e.data, e.evidence,
        nullif(n.raw, '') AS notification, s.metadata, s.smdp_signed2 AS "smdpSigned2", b.ot_pk_dp AS "otPkDp"
      FROM profile_event e
        LEFT JOIN notification n ON n.digest = e.evidence AND e.kind IN ('installationResult', 'notification')
        LEFT JOIN rsp_session s ON s.transaction_id = e.transaction_id LEFT JOIN binding b ON b.id = s.binding_id
      WHERE e.id = $2::bigint AND e.iccid = $1`,
    values: [iccid, id],
  })
}
