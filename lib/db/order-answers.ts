import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { OrderOutcome } from './move-profile'
import type { OrderReason } from './order-rows'
import { one, type Queryable, type Transaction } from './pool'

/** An order as its own answer: with its profile, wherever it is in its life. */
export interface OrderAnswer {
  orderId: string
  iccid: string
  /** Name of the profile type */
  type: string
  /** The profile's, which may have another order by now: look at `open` too */
  state: ProfileState
  open: boolean
  outcome: OrderOutcome | null
  reason: OrderReason
  eid: string | null
  /** Null while it is not confirmed; empty for a default SM-DP+ order */
  matchingId: string | null
  smdpAddress: string | null
  confirmationCodeRequired: boolean
  confirmationAttempts: number
  confirmationLimit: number
  downloadAttempts: number
  downloadLimit: number
  expiresAt: Date | null
  customerEmail: string | null
  reference: string | null
  language: string | null
  runId: string | null
  createdAt: Date
  createdBy: string
  closedAt: Date | null
  /** The customer's link that is good, if any: `customerPageUrl` makes its address */
  linkId: string | null
}

const COLUMNS = `o.id AS "orderId", o.iccid, t.name AS type, p.state, o.closed_at IS NULL AS open, o.outcome, o.reason, o.eid,
  o.matching_id AS "matchingId", o.smdp_address AS "smdpAddress", o.confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired",
  o.confirmation_attempts AS "confirmationAttempts", o.confirmation_limit AS "confirmationLimit", o.download_attempts AS "downloadAttempts",
  o.download_limit AS "downloadLimit", o.expires_at AS "expiresAt", o.customer_email AS "customerEmail", o.reference, o.language,
  o.run_id AS "runId", o.created_at AS "createdAt", o.created_by AS "createdBy", o.closed_at AS "closedAt", l.id AS "linkId"`
const TABLES = `download_order o JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
  LEFT JOIN customer_link l ON l.order_id = o.id AND l.revoked_at IS NULL`

/** These orders, by their ids. @param orderIds UUIDs */
export async function readOrderAnswers(db: Queryable, orderIds: readonly string[]): Promise<OrderAnswer[]> {
  const { rows } = await db.query<OrderAnswer & Record<string, unknown>>({
    name: 'order-answers',
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE o.id = ANY($1::uuid[]) ORDER BY o.id`,
    values: [orderIds],
  })
  return rows
}

/** @param orderId a UUID */
export const readOrderAnswer = async (db: Queryable, orderId: string): Promise<OrderAnswer | undefined> =>
  (await readOrderAnswers(db, [orderId]))[0]

/** The open order of a profile, else its last one. */
export async function latestOrderAnswer(db: Queryable, iccid: string): Promise<OrderAnswer | undefined> {
  const row = await one<{ id: string }>(db, {
    name: 'latest-order-id',
    text: 'SELECT id FROM download_order WHERE iccid = $1 ORDER BY closed_at IS NULL DESC, created_at DESC LIMIT 1',
    values: [iccid],
  })
  return row && readOrderAnswer(db, row.id)
}

/** Lets nobody else make the orders whose ids begin so until the transaction ends. */
export const lockOrderIds = (tx: Transaction, first: string) =>
  tx.query({ name: 'lock-order-ids', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7270740))', values: [first] })

/** The ids of orders between two, both included, in their order. */
export async function orderIdsBetween(db: Queryable, first: string, last: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'order-ids-between',
    text: 'SELECT id FROM download_order WHERE id BETWEEN $1::uuid AND $2::uuid ORDER BY id',
    values: [first, last],
  })
  return rows.map(({ id }) => id)
}
