import type { Queryable } from '../pool'
import type { Subscription } from './subscription-rows'
import { blockRanges } from './table-walk'

/** A row of the timeline that is about somebody. */
export interface HeldEvent {
  /** Digits */
  id: string
  at: Date
  iccid: string | null
  orderId: string | null
  eid: string | null
  transactionId: string | null
  actor: string
  kind: string
  outcome: string
  status: string | null
  detail: string | null
  data: Record<string, unknown> | null
  evidence: Buffer | null
}

const NOTIFICATION_KINDS = ['installationResult', 'notification']

/** Whether the evidence of an event is the digest of the notification that told of it, not what was signed. */
export const namesNotification = ({ kind }: Pick<HeldEvent, 'kind'>): boolean => NOTIFICATION_KINDS.includes(kind)

/** The same as a condition on `profile_event e`. */
export const NAMES_NOTIFICATION = `(e.kind IN (${NOTIFICATION_KINDS.map(kind => `'${kind}'`).join(', ')}))`

type Row<T> = T & Record<string, unknown>

const EVENTS = `SELECT e.id::text, e.at, e.iccid, e.order_id AS "orderId", e.eid, e.transaction_id AS "transactionId", e.actor, e.kind, e.outcome, e.status,
  e.detail, e.data, e.evidence FROM profile_event e`

/** Of an event that names no order, the moment says whose it is. */
const OF_SUBSCRIPTION = `(e.order_id = ANY($2::uuid[]) OR (e.order_id IS NULL AND e.at >= $3 AND ($4::timestamptz IS NULL OR e.at < $4)))`

/** A subscription's part of its profile's timeline, oldest first, a page at a time. */
export async function eventsOfSubscription(db: Queryable, { iccid, orderIds, from, until }: Subscription, after: string, limit: number) {
  const { rows } = await db.query<Row<HeldEvent>>({
    name: 'personal-events',
    text: `${EVENTS} WHERE e.iccid = $1 AND e.id > $5::bigint AND ${OF_SUBSCRIPTION} ORDER BY e.id LIMIT $6`,
    values: [iccid, orderIds, from, until, after, limit],
  })
  return rows
}

export async function eventsById(db: Queryable, ids: readonly string[]): Promise<HeldEvent[]> {
  const { rows } = await db.query<Row<HeldEvent>>({
    name: 'personal-events-by-id',
    text: `${EVENTS} WHERE e.id = ANY($1::bigint[]) ORDER BY e.id`,
    values: [ids],
  })
  return rows
}

/** Where a device was seen. */
export interface DeviceTrace {
  /** Of the row of the timeline; digits */
  id: string
  at: Date
  iccid: string | null
  orderId: string | null
}

/** Everywhere on the timeline where this eUICC was seen, whosever profile it asked for; oldest first. */
export async function tracesOfEid(db: Queryable, eid: string): Promise<DeviceTrace[]> {
  const traces: DeviceTrace[] = []
  for await (const { from, to } of blockRanges(db, 'profile_event')) {
    const { rows } = await db.query<Row<DeviceTrace>>({
      name: 'personal-traces',
      text: `SELECT e.id::text, e.at, e.iccid, e.order_id AS "orderId" FROM profile_event e
        WHERE e.ctid >= $1::tid AND e.ctid < $2::tid AND e.eid = $3`,
      values: [from, to, eid],
    })
    traces.push(...rows)
  }
  return traces.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
}

/** A notification, without what the eUICC signed. */
export interface HeldNotification {
  /** SHA-256 of the notification as it arrived, lower-case hex */
  digest: string
  receivedAt: Date
  iccid: string | null
  eid: string | null
  transactionId: string | null
  sequenceNumber: string | null
  event: string | null
  verdict: string
  /** Octets that are kept of it */
  bytes: number
}

/** What eUICCs told of these profiles, and what these eUICCs told; in no order. */
export async function notificationsAbout(db: Queryable, iccids: readonly string[], eids: readonly string[]): Promise<HeldNotification[]> {
  const found: HeldNotification[] = []
  if (iccids.length === 0 && eids.length === 0) return found
  for await (const { from, to } of blockRanges(db, 'notification')) {
    const { rows } = await db.query<Row<HeldNotification>>({
      name: 'personal-notifications',
      text: `SELECT encode(n.digest, 'hex') AS digest, n.received_at AS "receivedAt", n.iccid, n.eid, n.transaction_id AS "transactionId",
          n.sequence_number::text AS "sequenceNumber", n.event, n.verdict, length(n.raw) AS bytes
        FROM notification n WHERE n.ctid >= $1::tid AND n.ctid < $2::tid AND (n.iccid = ANY($3::text[]) OR n.eid = ANY($4::text[]))`,
      values: [from, to, iccids, eids],
    })
    found.push(...rows)
  }
  return found
}

/** What is kept of notifications as they arrived, by digest (lower-case hex); emptied ones are left out. */
export async function rawNotifications(db: Queryable, digests: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await db.query<{ digest: string; raw: Buffer }>({
    name: 'personal-raw-notifications',
    text: `SELECT encode(digest, 'hex') AS digest, raw FROM notification
      WHERE digest = ANY(SELECT decode(each, 'hex') FROM unnest($1::text[]) each) AND raw <> ''`,
    values: [digests],
  })
  return new Map(rows.map(({ digest, raw }) => [digest, raw]))
}

/** What else is held, as it is given to whoever asks what that is: no key, no code. */
const OTHERS = {
  profiles: `SELECT p.iccid, t.name AS type, p.state, p.state_since AS "stateSince", p.runtime_state AS "runtimeState", p.runtime_since AS "runtimeSince",
      p.imsi FROM profile p JOIN profile_type t ON t.id = p.type_id WHERE p.iccid = ANY($1::text[]) ORDER BY p.iccid`,
  orders: `SELECT id, iccid, reason, created_at AS "createdAt", closed_at AS "closedAt", outcome, eid, customer_email AS "customerEmail", reference, language,
      expires_at AS "expiresAt", confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired", confirmation_attempts AS "confirmationAttempts",
      download_attempts AS "downloadAttempts" FROM download_order WHERE id = ANY($2::uuid[]) ORDER BY created_at, id`,
  links: `SELECT id, iccid, order_id AS "orderId", created_at AS "createdAt", mailed_at AS "mailedAt", opened_at AS "openedAt",
      last_opened_at AS "lastOpenedAt", opens, revoked_at AS "revokedAt" FROM customer_link WHERE order_id = ANY($2::uuid[]) AND iccid = ANY($1::text[])
      ORDER BY created_at`,
  replacements: `SELECT at, old_iccid AS "oldIccid", new_iccid AS "newIccid", old_imsi AS "oldImsi", new_imsi AS "newImsi", msisdn, reason, reference,
      exported_at AS "exportedAt" FROM replacement WHERE order_id = ANY($2::uuid[]) AND new_iccid = ANY($1::text[]) ORDER BY at`,
  sessions: `SELECT transaction_id AS "transactionId", created_at AS "createdAt", eid, iccid, order_id AS "orderId", step FROM rsp_session
      WHERE order_id = ANY($2::uuid[]) OR (order_id IS NULL AND eid = ANY($3::text[])) ORDER BY created_at`,
  bindings: `SELECT order_id AS "orderId", eid, created_at AS "createdAt" FROM binding WHERE order_id = ANY($2::uuid[]) ORDER BY created_at`,
  mails: `SELECT id, recipient AS to, subject, body AS text, created_at AS "createdAt", sent_at AS "sentAt" FROM outbox
      WHERE lower(recipient) = ANY($4::text[]) ORDER BY created_at`,
  approvals: `SELECT kind, target, detail, requested_at AS "requestedAt", decision, decided_at AS "decidedAt" FROM approval
      WHERE target = ANY($1::text[]) ORDER BY requested_at`,
} as const
export type HeldKind = keyof typeof OTHERS
export const HELD_KINDS = Object.keys(OTHERS) as HeldKind[]

/** Whose rows are meant. */
export interface Holder {
  iccids: readonly string[]
  orderIds: readonly string[]
  eids: readonly string[]
  /** In lower case */
  emails: readonly string[]
}

// Each statement names all four, so that one list of parameters does for all.
const GIVEN = 'SELECT FROM (SELECT $1::text[], $2::uuid[], $3::text[], $4::text[]) AS given LIMIT 0'

export async function heldRows(
  db: Queryable,
  kind: HeldKind,
  { iccids, orderIds, eids, emails }: Holder,
): Promise<Record<string, unknown>[]> {
  const { rows } = await db.query<Record<string, unknown>>({
    name: `personal-${kind}`,
    text: `WITH given AS MATERIALIZED (${GIVEN}) ${OTHERS[kind]}`,
    values: [iccids, orderIds, eids, emails],
  })
  return rows
}

/** How many orders of other subscriptions have one of these e-mail addresses. */
export async function otherOrdersOfEmails(db: Queryable, emails: readonly string[], orderIds: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    text: 'SELECT count(*)::int AS count FROM download_order WHERE customer_email = ANY($1::text[]) AND NOT id = ANY($2::uuid[])',
    values: [emails, orderIds],
  })
  return rows[0]?.count ?? 0
}

/** Numbers of rows of the audit about a subscription, or with one of these values aside, oldest first. */
export async function auditIdsNaming(db: Queryable, subscriptions: readonly Subscription[], values: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    text: `SELECT a.id::text FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS s (iccid, began, ended)
        JOIN audit a ON a.target = s.iccid AND a.at >= s.began AND (s.ended IS NULL OR a.at < s.ended)
      UNION SELECT audit_id::text FROM audit_personal WHERE value = ANY($4::text[])`,
    values: [
      subscriptions.map(({ iccid }) => iccid),
      subscriptions.map(({ from }) => from),
      subscriptions.map(({ until }) => until),
      values,
    ],
  })
  return rows.map(({ id }) => id).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
}
