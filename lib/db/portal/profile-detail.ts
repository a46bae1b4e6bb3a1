import { DELETE_KEY, REGISTER_KEY } from '@/lib/db/partners/smds-rows'
import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { nameDevices } from '../device-model-rows'
import { RETIRED } from '../move-profiles'
import type { SmdsEventState } from '../order-rows'
import { one, type Queryable } from '../pool'
import { CLAIMED_EID } from '../stock'

export interface ProfileDetail {
  iccid: string
  state: ProfileState
  stateSince: Date
  runtimeState: RuntimeState | null
  runtimeSince: Date | null
  orderId: string | null
  /** The eUICC that took the package */
  eid: string | null
  packageName: string
  saipVersion: string
  mandatoryServices: string[]
  packageBytes: number
  imsi: string | null
  msisdn: string | null
  /** Made of the template of its batch and the values of its row */
  ofTemplate: boolean
  /** Taken out of stock by staff before any device had it, so that it can be brought back */
  retired: boolean
  /** The file that it came in; null for those that were there before batches */
  batch: ProfileBatch | null
  createdAt: Date
  createdBy: string
  type: string
  live: boolean
  profileClass: string
  profileName: string | null
  serviceProviderName: string | null
}

export interface ProfileBatch {
  /** Digits */
  id: string
  file: string
  line: number | null
  approvedAt: Date
  approvedBy: string
}

type Row = Omit<ProfileDetail, 'batch'> & {
  batchId: string | null
  file: string
  line: number | null
  approvedAt: Date
  approvedBy: string
}

/** Everything about a profile in stock that staff may see, never the package itself; undefined when there is none. */
export async function profileDetail(db: Queryable, iccid: string): Promise<ProfileDetail | undefined> {
  const row = await one<Row & Record<string, unknown>>(db, {
    name: 'portal-profile-detail',
    text: `
      SELECT p.iccid, p.state, p.state_since AS "stateSince", p.runtime_state AS "runtimeState", p.runtime_since AS "runtimeSince",
        p.order_id AS "orderId", ${CLAIMED_EID} AS eid, p.package_name AS "packageName", p.saip_version AS "saipVersion",
        p.mandatory_services AS "mandatoryServices", p.package_bytes AS "packageBytes", p.imsi, p.msisdn,
        EXISTS (SELECT FROM profile_package k WHERE k.iccid = p.iccid AND k.template_id IS NOT NULL) AS "ofTemplate",
        p.state = 'Unavailable' AND ${RETIRED} AS retired,
        p.batch_id::text AS "batchId", b.name AS file, p.line, b.decided_at AS "approvedAt", b.decided_by AS "approvedBy",
        p.created_at AS "createdAt", p.created_by AS "createdBy", t.name AS type, t.live, t.profile_class AS "profileClass",
        t.profile_name AS "profileName", t.service_provider_name AS "serviceProviderName"
      FROM stock p JOIN profile_type t ON t.id = p.type_id LEFT JOIN batch b ON b.id = p.batch_id WHERE p.iccid = $1`,
    values: [iccid],
  })
  if (!row) return undefined
  const { batchId, file, line, approvedAt, approvedBy, ...profile } = row
  return { ...profile, batch: batchId === null ? null : { id: batchId, file, line, approvedAt, approvedBy } }
}

export type OrderReason = 'new' | 'reissue' | 'replacement'

export interface OrderDetail {
  id: string
  reason: OrderReason
  /** The eUICC that the order was made for */
  eid: string | null
  customerEmail: string | null
  /** What the operator calls the order */
  reference: string | null
  language: string | null
  /** The orders that it was made with */
  runId: string | null
  matchingId: string | null
  smdpAddress: string | null
  confirmationCodeRequired: boolean
  confirmationAttempts: number
  confirmationLimit: number
  downloadAttempts: number
  downloadLimit: number
  expiresAt: Date | null
  createdAt: Date
  createdBy: string
  closedAt: Date | null
  outcome: string | null
  /** Host name of the SM-DS on which the device finds it */
  smdsAddress: string | null
  smdsEvent: SmdsEventState | null
  /** Of an order by ES2+, whose event is registered with its release */
  smdsRegisteredAt: Date | null
  /** Why it could not be registered, or deleted, so far; null: it was not tried, or went well */
  smdsFailure: string | null
  /** It is not tried any more. */
  smdsGivenUp: boolean
}

// Registered by ES2+ in the transaction that releases the order.
const REGISTERED_AT = `CASE WHEN o.smds_event = 'registered' THEN (
  SELECT max(e.at) FROM profile_event e WHERE e.iccid = o.iccid AND e.order_id = o.id AND starts_with(e.actor, 'partner:')
    AND (e.kind = 'releaseProfile' OR (e.kind = 'confirmOrder' AND e.data ->> 'released' = 'true'))) END`

// By one of the jobs that register and delete events.
const JOB_OF_EVENT = `LEFT JOIN graphile_worker._private_jobs j ON j.key = CASE
  WHEN o.smds_event = 'waiting' AND o.closed_at IS NULL THEN '${REGISTER_KEY}' || o.id
  WHEN o.smds_event = 'registered' AND o.closed_at IS NOT NULL THEN '${DELETE_KEY}' || o.id END`

/** The profile's orders, newest first, at most `limit`. */
export async function profileOrders(db: Queryable, iccid: string, limit = 50): Promise<OrderDetail[]> {
  const { rows } = await db.query<OrderDetail & Record<string, unknown>>({
    name: 'portal-profile-orders',
    text: `
      SELECT o.id, reason, eid, customer_email AS "customerEmail", reference, language, run_id AS "runId", matching_id AS "matchingId", smdp_address AS "smdpAddress",
        confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired", confirmation_attempts AS "confirmationAttempts",
        confirmation_limit AS "confirmationLimit", download_attempts AS "downloadAttempts", download_limit AS "downloadLimit",
        expires_at AS "expiresAt", o.created_at AS "createdAt", created_by AS "createdBy", closed_at AS "closedAt", outcome,
        smds_address AS "smdsAddress", smds_event AS "smdsEvent", ${REGISTERED_AT} AS "smdsRegisteredAt", j.last_error AS "smdsFailure",
        j.id IS NOT NULL AND j.locked_at IS NULL AND j.attempts >= j.max_attempts AS "smdsGivenUp"
      FROM download_order o ${JOB_OF_EVENT} WHERE iccid = $1 ORDER BY o.created_at DESC LIMIT $2`,
    values: [iccid, limit],
  })
  return rows
}

const timelineColumns = `id::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, order_id AS "orderId", eid,
  transaction_id AS "transactionId", actor, kind, outcome, status, detail, data`

/** The newest rows of the timeline, newest first. */
export async function recentTimeline(db: Queryable, iccid: string, limit: number): Promise<TimelineEvent[]> {
  const { rows } = await db.query<TimelineEvent & Record<string, unknown>>({
    name: 'portal-timeline-recent',
    text: `SELECT ${timelineColumns} FROM profile_event e WHERE iccid = $1 ORDER BY e.id DESC LIMIT $2`,
    values: [iccid, limit],
  })
  return nameDevices(db, rows)
}

/** Rows of the timeline after `afterId`, oldest first. */
export async function timelineAfter(db: Queryable, iccid: string, afterId: string, limit: number): Promise<TimelineEvent[]> {
  const { rows } = await db.query<TimelineEvent & Record<string, unknown>>({
    name: 'portal-timeline-after',
    text: `SELECT ${timelineColumns} FROM profile_event e WHERE iccid = $1 AND e.id > $2::bigint ORDER BY e.id LIMIT $3`,
    values: [iccid, afterId, limit],
  })
  return nameDevices(db, rows)
}

export interface ProfileStory {
  profile: ProfileDetail
  /** Newest first */
  orders: OrderDetail[]
  /** Newest first */
  events: TimelineEvent[]
}

/**
 * A profile with its orders and its newest events, at most `limit`; undefined when there is no such profile.
 * The events are read first: a page that shows an event, and so will not be told of it again, shows the state that followed it.
 */
export async function profileStory(db: Queryable, iccid: string, limit: number): Promise<ProfileStory | undefined> {
  const events = await recentTimeline(db, iccid, limit)
  const [profile, orders] = await Promise.all([profileDetail(db, iccid), profileOrders(db, iccid)])
  if (!profile) return undefined
  return { profile, orders, events: events.length < limit ? [...events, ...beginningOf(profile)] : events }
}

/** What a million profiles have in common is written once, with their batch. */
function beginningOf({ type, batch, createdAt, createdBy }: ProfileDetail): TimelineEvent[] {
  if (!batch) return []
  const { id, file, line, approvedAt, approvedBy } = batch
  const common = { orderId: null, eid: null, transactionId: null, outcome: 'ok', status: null, detail: null } as const
  return [
    { ...common, id: '-1', at: approvedAt.toISOString(), actor: approvedBy, kind: 'approved', data: { batch: id } },
    { ...common, id: '-2', at: createdAt.toISOString(), actor: createdBy, kind: 'uploaded', data: { file, line, type, batch: id } },
  ]
}
