import type { EventRange } from '@/lib/db/event-reader'
import type { Transaction } from '@/lib/db/pool'
import type { EventKind, EventOutcome } from '@/lib/db/profile-events'
import type { StatusName } from '@/lib/rsp/status'

/** A row of the timeline with the order that it belongs to: what others may be told of. */
export interface TimelineStep {
  eventId: string
  at: Date
  iccid: string
  kind: EventKind
  outcome: EventOutcome
  status: StatusName | null
  data: Record<string, unknown> | null
  /** The device of the event, else the one that the order is for */
  eid: string | null
  orderId: string
  /** Whose the order is; null: of staff */
  partnerId: string | null
  partnerName: string | null
  /** Of the order, in somebody else's system */
  reference: string | null
  typeId: string
  typeName: string
  /** Of an installation: the notification as it came */
  installationResult: Buffer | null
}

/**
 * Rows of the timeline in their order. What a device tells of an installed profile names no order: it is that of the latest one then. What belongs to
 * no order is left out.
 */
export const readTimelineSteps = async (
  tx: Transaction,
  { after, upTo }: EventRange,
  { kinds, since }: { kinds: readonly EventKind[]; since: Date },
): Promise<TimelineStep[]> =>
  (
    await tx.query<TimelineStep & Record<string, unknown>>({
      name: 'timeline-steps',
      text: `SELECT e.id::text AS "eventId", e.at, e.iccid, e.kind, e.outcome, e.status, e.data, coalesce(e.eid, o.eid) AS eid,
          o.id AS "orderId", o.partner_id AS "partnerId", a.name AS "partnerName", o.reference, t.id AS "typeId", t.name AS "typeName",
          n.raw AS "installationResult"
        FROM profile_event e
          JOIN LATERAL (
            SELECT d.id, d.partner_id, d.reference, d.eid FROM download_order d WHERE d.id = e.order_id
            UNION ALL
            (SELECT d.id, d.partner_id, d.reference, d.eid FROM download_order d
              WHERE e.kind = 'notification' AND e.order_id IS NULL AND d.iccid = e.iccid AND d.created_at <= e.at
              ORDER BY d.created_at DESC LIMIT 1)) o ON true
          JOIN profile p ON p.iccid = e.iccid JOIN profile_type t ON t.id = p.type_id
          LEFT JOIN partner a ON a.id = o.partner_id
          LEFT JOIN notification n ON e.kind = 'installationResult' AND n.digest = e.evidence
        WHERE e.id > $1::bigint AND e.id <= $2::bigint AND e.kind = ANY($3::text[]) AND e.at >= $4 ORDER BY e.id`,
      values: [after, upTo, kinds, since],
    })
  ).rows
