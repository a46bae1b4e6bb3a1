import type { ProfileState, RuntimeState } from '@/lib/rsp/lifecycle'
import type { OrderOutcome } from './move-profile'
import { one, type Queryable } from './pool'
import { CLAIMED_EID, IN_STOCK } from './stock'
import type { ProfileTypeSettings } from './type-rows'

/** What is known of a profile when somebody wants it again, or in stock again, with what its type says. */
export interface ReuseRow {
  iccid: string
  state: ProfileState
  stateSince: Date
  runtimeState: RuntimeState | null
  runtimeSince: Date | null
  /** The eUICC to which the package was given under the last order */
  claimedEid: string | null
  /** An eUICC has the package, or had it, and which that was has been erased with its subscriber's data */
  deviceErased: boolean
  typeName: string
  reuseDevice: ProfileTypeSettings['reuseDevice']
  reuseAfterDeletion: boolean
  reuseLimit: number | null
  reuseWaitHours: number
  returnsToStock: ProfileTypeSettings['returnsToStock']
  /** Orders of reason reissue since the last of another reason; cancelled ones are left out, and one that is open and has no phone yet */
  reissues: number
  /** The last order that was not cancelled; one that is open and has no phone yet is left out */
  lastOrderAt: Date | null
  last: LastOrder | null
  /** What the profile was when it was freed for its last order, if that is a reissue */
  before: FreedInstallation | null
}

/** The order that is open, else the one that closed last. */
export interface LastOrder {
  id: string
  reason: 'new' | 'reissue' | 'replacement'
  eid: string | null
  createdAt: Date
  createdBy: string
  outcome: OrderOutcome | null
  customerEmail: string | null
  reference: string | null
  language: string | null
  /** Who made it by ES2+ */
  partnerId: string | null
}

/** Kept with the event that freed a profile for a new phone; the profile itself forgets it. */
export interface FormerInstallation {
  eid: string | null
  /** ISO 8601: when that eUICC reported the deletion */
  deletedAt: string | null
  /** It reported that it could not install the profile */
  failed: boolean
  /** There was one, and which has been erased */
  erased?: boolean
}

/** The same as it is read, and whether it was freed past the policy */
export interface FreedInstallation extends FormerInstallation {
  pastPolicy: boolean
}

/** Of orders that began in the same millisecond the open one is the last, then the one that closed last, then one that another had to come before. */
const LAST_FIRST = `ORDER BY o.id = p.order_id DESC NULLS LAST, o.created_at DESC, o.closed_at DESC NULLS FIRST, o.reason = 'reissue' DESC`

/** The profile forgets a device when it is freed for the next one: which it was, the event tells. */
const READ_REUSE = `
  SELECT p.iccid, p.state, p.state_since AS "stateSince", p.runtime_state AS "runtimeState", p.runtime_since AS "runtimeSince", ${CLAIMED_EID} AS "claimedEid",
    p.binding_id IS NOT NULL AND p.eid IS NULL AS "deviceErased",
    t.name AS "typeName", t.reuse_device AS "reuseDevice", t.reuse_after_deletion AS "reuseAfterDeletion", t.reuse_limit AS "reuseLimit",
    t.reuse_wait_hours AS "reuseWaitHours", t.returns_to_stock AS "returnsToStock",
    coalesce(counted.reissues, 0) AS reissues, counted.at AS "lastOrderAt",
    last.id AS "orderId", last.reason, last.eid, last.created_at AS "createdAt", last.created_by AS "createdBy", last.outcome,
    last.customer_email AS "customerEmail", last.reference, last.language, last.partner_id AS "partnerId",
    CASE WHEN last.reason = 'reissue' THEN freed.data END AS before
  FROM profile p JOIN profile_type t ON t.id = p.type_id
    LEFT JOIN LATERAL (SELECT * FROM download_order o WHERE o.iccid = p.iccid
      ${LAST_FIRST} LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT e.data FROM profile_event e WHERE e.iccid = p.iccid AND e.kind = 'reissue' AND e.outcome = 'ok'
      ORDER BY e.id DESC LIMIT 1) freed ON true
    LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE o.reason = 'reissue' AND o.created_at >= begun.at)::int AS reissues, max(o.created_at) AS at
      FROM download_order o, (SELECT max(created_at) AS at FROM download_order WHERE iccid = p.iccid AND reason <> 'reissue') begun
      WHERE o.iccid = p.iccid AND o.outcome IS DISTINCT FROM 'cancelled' AND NOT (o.closed_at IS NULL AND ${CLAIMED_EID} IS NULL)) counted ON true
  WHERE p.iccid = $1 AND ${IN_STOCK}`

type Row = Omit<ReuseRow, 'last' | 'before'> & {
  [Member in keyof Omit<LastOrder, 'id'>]: LastOrder[Member] | null
} & { orderId: string | null; before: Record<string, unknown> | null }

/** Undefined when there is no such profile in stock. In a transaction the profile is to be held first (`lockProfile`). */
export async function readReuse(db: Queryable, iccid: string): Promise<ReuseRow | undefined> {
  const row = await one<Row & Record<string, unknown>>(db, { name: 'read-reuse', text: READ_REUSE, values: [iccid] })
  if (!row) return undefined
  const { orderId, reason, eid, createdAt, createdBy, outcome, customerEmail, reference, language, partnerId, before, ...profile } = row
  const last =
    orderId && reason && createdAt && createdBy
      ? { id: orderId, reason, eid, createdAt, createdBy, outcome, customerEmail, reference, language, partnerId }
      : null
  return { ...profile, last, before: before && formerOf(before) }
}

const formerOf = ({ eid, deletedAt, failed, erased, reason }: Record<string, unknown>): FreedInstallation => ({
  eid: typeof eid === 'string' ? eid : null,
  deletedAt: typeof deletedAt === 'string' ? deletedAt : null,
  failed: failed === true,
  erased: erased === true,
  pastPolicy: typeof reason === 'string',
})

/**
 * Of these profiles, those that a customer owns whatever becomes of the order: their last one was a reissue (their package has left the server before) or a
 * replacement (the network's systems may know it as that customer's). They do not go back to stock with their order. By ICCID.
 */
export async function customersOwn(db: Queryable, iccids: readonly string[]): Promise<Map<string, 'reissue' | 'replacement'>> {
  const { rows } = await db.query<{ iccid: string; reason: 'reissue' | 'replacement' }>({
    name: 'customers-own',
    text: `SELECT p.iccid, last.reason FROM profile p
      CROSS JOIN LATERAL (SELECT o.reason FROM download_order o WHERE o.iccid = p.iccid ${LAST_FIRST} LIMIT 1) last
      WHERE p.iccid = ANY($1::text[]) AND last.reason <> 'new'`,
    values: [iccids],
  })
  return new Map(rows.map(({ iccid, reason }) => [iccid, reason]))
}
