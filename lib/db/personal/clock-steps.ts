import { one, type Queryable } from '../pool'
import { NAMES_NOTIFICATION } from './held-rows'
import { blocksOf } from './table-walk'

/** What a step over rows in the order of their numbers, or moments, did. */
export interface Passed {
  removed: number
  /** Where the next one begins */
  reached: string
  /** All that is due has been passed. */
  ended: boolean
}

/** Members of an event's data that name a device. */
const DEVICE_MEMBERS = `'{imei,eid,fromEid}'::text[]`
const EID_TEXT = `'(^|[^0-9])[0-9]{28}([0-9]{4})(?![0-9])'`

/** What the statements do to a due row of the timeline, and which they leave. */
const EVENT_CLOCKS = {
  devices: {
    // By it the next download of a moved profile is judged.
    where: `(e.eid IS NOT NULL OR e.data ?| ${DEVICE_MEMBERS} OR e.detail ~ ${EID_TEXT} OR e.data::text ~ ${EID_TEXT})
      AND NOT (e.kind = 'reissue' AND EXISTS (SELECT FROM profile p WHERE p.iccid = e.iccid AND p.order_id IS NOT NULL))`,
    set: `eid = NULL, detail = regexp_replace(e.detail, ${EID_TEXT}, '\\1••••\\2', 'g'),
      data = regexp_replace((e.data - ${DEVICE_MEMBERS})::text, ${EID_TEXT}, '\\1••••\\2', 'g')::jsonb`,
  },
  evidence: { where: `e.evidence IS NOT NULL AND NOT ${NAMES_NOTIFICATION}`, set: 'evidence = NULL' },
  mailAddresses: { where: `e.kind = 'linkMailed' AND e.data ? 'to'`, set: `data = e.data - 'to'` },
} as const
export type EventClock = keyof typeof EVENT_CLOCKS

/**
 * Passes over the next rows of the timeline behind number `after`, up to the first that is not due yet. Rows lie by number nearly as they lie by time;
 * one that claims to be of the future holds nobody up.
 */
export async function passEvents(
  db: Queryable,
  clock: EventClock,
  { after, before, now, rows }: { after: string; before: Date; now: Date; rows: number },
): Promise<Passed> {
  const { where, set } = EVENT_CLOCKS[clock]
  const row = await one<{ removed: number; last: string | null; looked: number; stopped: boolean }>(db, {
    name: `retention-events-${clock}`,
    text: `WITH page AS MATERIALIZED (SELECT id, at FROM profile_event WHERE id > $1::bigint ORDER BY id LIMIT $4),
        stop AS (SELECT min(id) AS id FROM page WHERE at >= $2 AND at < $3::timestamptz + interval '1 day'),
        due AS (SELECT page.id FROM page, stop WHERE stop.id IS NULL OR page.id < stop.id),
        gone AS (UPDATE profile_event e SET ${set} FROM due WHERE e.id = due.id AND ${where} RETURNING 1)
      SELECT (SELECT count(*)::int FROM gone) AS removed, (SELECT max(id)::text FROM due) AS last, (SELECT count(*)::int FROM page) AS looked,
        (SELECT id IS NOT NULL FROM stop) AS stopped`,
    values: [after, before, now, rows],
  })
  return { removed: row?.removed ?? 0, reached: row?.last ?? after, ended: !row || row.stopped || row.looked < rows }
}

/** Takes the e-mail addresses of orders that closed from `after` (ISO 8601) on, in the order in which they closed. */
export async function passClosedOrders(
  db: Queryable,
  { after, before, rows }: { after: string; before: Date; rows: number },
): Promise<Passed> {
  const row = await one<{ removed: number; last: Date | null }>(db, {
    name: 'retention-orders',
    text: `WITH page AS MATERIALIZED (SELECT id, closed_at FROM download_order
          WHERE closed_at >= $1::timestamptz AND closed_at < $2 AND customer_email IS NOT NULL ORDER BY closed_at LIMIT $3),
        gone AS (UPDATE download_order o SET customer_email = NULL FROM page WHERE o.id = page.id)
      SELECT count(*)::int AS removed, max(closed_at) AS last FROM page`,
    values: [after, before, rows],
  })
  const removed = row?.removed ?? 0
  const ended = removed < rows
  return { removed, reached: ended ? before.toISOString() : (row?.last?.toISOString() ?? after), ended }
}

/** Empties the notifications in the next blocks of their table; from its last block it begins again. */
export async function passNotifications(
  db: Queryable,
  { after, before, blocks }: { after: string; before: Date; blocks: number },
): Promise<Passed> {
  const from = Number(after)
  const { rowCount } = await db.query({
    name: 'retention-notifications',
    text: `UPDATE notification SET raw = '', eid = NULL
      WHERE ctid >= $1::tid AND ctid < $2::tid AND received_at < $3 AND (raw <> '' OR eid IS NOT NULL)`,
    values: [`(${from},0)`, `(${from + blocks},0)`, before],
  })
  const ended = from + blocks >= (await blocksOf(db, 'notification'))
  return { removed: rowCount ?? 0, reached: ended ? '0' : String(from + blocks), ended }
}

/** Takes e-mail addresses and devices out of decisions that were made before a moment. */
export async function passApprovals(db: Queryable, members: readonly string[], before: Date): Promise<number> {
  const { rowCount } = await db.query({
    name: 'retention-approvals',
    text: 'UPDATE approval SET detail = detail - $1::text[] WHERE decided_at < $2 AND detail ?| $1::text[]',
    values: [members, before],
  })
  return rowCount ?? 0
}

/** Removes the oldest mails. */
export async function passMails(db: Queryable, { before, rows }: { before: Date; rows: number }): Promise<Passed> {
  const { rowCount } = await db.query({
    name: 'retention-mails',
    text: 'DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < $1 ORDER BY created_at LIMIT $2)',
    values: [before, rows],
  })
  return { removed: rowCount ?? 0, reached: '', ended: (rowCount ?? 0) < rows }
}

/** Removes what stands aside of the oldest rows of the audit behind number `after`. */
export async function passAuditPersonal(
  db: Queryable,
  { after, before, rows }: { after: string; before: Date; rows: number },
): Promise<Passed> {
  const row = await one<{ removed: number; last: string | null }>(db, {
    name: 'retention-audit-personal',
    text: `WITH due AS (SELECT id FROM audit WHERE at < $2 ORDER BY at DESC, id DESC LIMIT 1),
        page AS (SELECT p.audit_id, p.field FROM audit_personal p, due WHERE p.audit_id > $1::bigint AND p.audit_id <= due.id
          ORDER BY p.audit_id, p.field LIMIT $3),
        gone AS (DELETE FROM audit_personal p USING page WHERE p.audit_id = page.audit_id AND p.field = page.field RETURNING p.audit_id)
      SELECT count(*)::int AS removed, (max(audit_id) - 1)::text AS last FROM gone`,
    values: [after, before, rows],
  })
  // The last row of a page may have more values: it is looked at again.
  return { removed: row?.removed ?? 0, reached: row?.last ?? after, ended: (row?.removed ?? 0) < rows }
}

/** Forgets from where people and scripts came. */
export async function passAddresses(db: Queryable, before: Date): Promise<number> {
  const statements = [
    `UPDATE account_session SET address = '', user_agent = '' WHERE last_seen_at < $1 AND (address <> '' OR user_agent <> '')
      AND (revoked_at IS NOT NULL OR expires_at < now())`,
    `UPDATE api_key SET last_used_from = NULL WHERE last_used_at < $1 AND last_used_from IS NOT NULL`,
    'DELETE FROM sign_in_failure WHERE at < $1',
  ]
  let removed = 0
  for (const text of statements) removed += (await db.query({ text, values: [before] })).rowCount ?? 0
  return removed
}
