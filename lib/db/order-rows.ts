import type { ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable, type Transaction } from './pool'
import { CLAIMED_EID, IN_STOCK } from './stock'

/** A profile and its open order, as the verbs on orders see them. */
export interface OrderedProfile {
  iccid: string
  state: ProfileState
  typeName: string
  downloadLimit: number
  confirmationLimit: number
  /** The type's: orders that say nothing of a confirmation code get one */
  confirmationCodeRequired: boolean
  /** The type's: days for which orders that say nothing are valid; null: without end */
  orderValidDays: number | null
  orderId: string | null
  /** The eUICC to which the package was given */
  claimedEid: string | null
  orderEid: string | null
  matchingId: string | null
}

const COLUMNS = `p.iccid, p.state, t.name AS "typeName", t.download_limit AS "downloadLimit", t.confirmation_limit AS "confirmationLimit",
  t.confirmation_code_required AS "confirmationCodeRequired", t.order_valid_days AS "orderValidDays",
  p.order_id AS "orderId", ${CLAIMED_EID} AS "claimedEid", o.eid AS "orderEid", o.matching_id AS "matchingId"`
const TABLES = 'profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN download_order o ON o.id = p.order_id'

/** Reads a profile of stock and holds it until the transaction ends. */
export const lockProfile = async (tx: Transaction, iccid: string): Promise<OrderedProfile | undefined> =>
  (await lockProfiles(tx, [iccid])).get(iccid)

/**
 * The same for several, by their ICCIDs; always in one order, so that two who want the same ones do not wait for each other. They are read by a
 * second statement: the one that waits for a profile sees the order as it was before.
 */
export async function lockProfiles(tx: Transaction, iccids: readonly string[]): Promise<Map<string, OrderedProfile>> {
  await tx.query({
    name: 'lock-profiles',
    text: 'SELECT FROM profile WHERE iccid = ANY($1::text[]) ORDER BY iccid FOR UPDATE',
    values: [iccids],
  })
  const { rows } = await tx.query<OrderedProfile & Record<string, unknown>>({
    name: 'profiles-by-iccid',
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.iccid = ANY($1::text[]) AND ${IN_STOCK}`,
    values: [iccids],
  })
  return new Map(rows.map(row => [row.iccid, row]))
}

/*
 * Batches that are no stock may have a million profiles in front of one that is, and batches that are sold a million behind them: each batch in stock is
 * asked for itself, those without a batch first, then the oldest. Rows are compared as a whole so that only the index over all of these columns will do:
 * by one over the batch alone each sold profile of it would be looked at.
 */
const AVAILABLE_FROM = `(p.type_id, p.state, p.batch_id) >= ((SELECT id FROM wanted), 'Available', approved.id)`
const AVAILABLE_TO = AVAILABLE_FROM.replace('>=', '<=')
const NEXT_AVAILABLE = `
  WITH wanted AS MATERIALIZED (SELECT id FROM profile_type WHERE name = $1)
  SELECT next.iccid FROM (
    SELECT iccid FROM (SELECT p.iccid FROM profile p
      WHERE (p.type_id, p.state) >= ((SELECT id FROM wanted), 'Available') AND (p.type_id, p.state) <= ((SELECT id FROM wanted), 'Available')
        AND p.batch_id IS NULL
      ORDER BY p.type_id, p.state, p.batch_id, p.iccid LIMIT $2 FOR UPDATE OF p SKIP LOCKED) AS without_batch
    UNION ALL
    SELECT of_batch.iccid
    FROM (SELECT b.id FROM batch b WHERE b.type_id = (SELECT id FROM wanted) AND b.state = 'approved' ORDER BY b.id) AS approved
      CROSS JOIN LATERAL (SELECT p.iccid FROM profile p WHERE ${AVAILABLE_FROM} AND ${AVAILABLE_TO}
        ORDER BY p.type_id, p.state, p.batch_id, p.iccid LIMIT $2 FOR UPDATE OF p SKIP LOCKED) AS of_batch
  ) AS next LIMIT $2`

/** Takes the next `count` available profiles of a type, passing over those that others are taking right now; fewer where there are no more. */
export async function lockAvailable(tx: Transaction, typeName: string, count: number): Promise<OrderedProfile[]> {
  const next = await tx.query<{ iccid: string }>({ name: 'lock-available', text: NEXT_AVAILABLE, values: [typeName, count] })
  if (next.rows.length === 0) return []
  const { rows } = await tx.query<OrderedProfile & Record<string, unknown>>({
    name: 'locked-profiles',
    text: `SELECT ${COLUMNS} FROM unnest($1::text[]) WITH ORDINALITY AS taken (iccid, place) JOIN profile p ON p.iccid = taken.iccid
      JOIN profile_type t ON t.id = p.type_id LEFT JOIN download_order o ON o.id = p.order_id ORDER BY taken.place`,
    values: [next.rows.map(({ iccid }) => iccid)],
  })
  return rows
}

export const profileTypeExists = async (db: Queryable, name: string): Promise<boolean> =>
  (await one(db, { name: 'type-exists', text: 'SELECT 1 FROM profile_type WHERE name = $1', values: [name] })) !== undefined

export const ORDER_REASONS = ['new', 'reissue', 'replacement'] as const
export type OrderReason = (typeof ORDER_REASONS)[number]

export interface NewOrder {
  id: string
  iccid: string
  eid: string | null
  downloadLimit: number
  confirmationLimit: number
  customerEmail: string | null
  reference: string | null
  language: string | null
  reason: OrderReason
}

/** Adds orders. @param common.runId the run in which they are issued */
export async function insertOrders(
  tx: Transaction,
  orders: readonly NewOrder[],
  common: { createdAt: Date; createdBy: string; runId: string | null },
): Promise<void> {
  if (orders.length === 0) return
  const column = <Value>(of: (order: NewOrder) => Value) => orders.map(of)
  await tx.query({
    name: 'insert-orders',
    text: `INSERT INTO download_order (id, iccid, eid, download_limit, confirmation_limit, customer_email, reference, language, reason, created_at,
        created_by, run_id)
      SELECT new.*, $10, $11, $12
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[]) AS new`,
    values: [
      column(({ id }) => id),
      column(({ iccid }) => iccid),
      column(({ eid }) => eid),
      column(({ downloadLimit }) => downloadLimit),
      column(({ confirmationLimit }) => confirmationLimit),
      column(({ customerEmail }) => customerEmail),
      column(({ reference }) => reference),
      column(({ language }) => language),
      column(({ reason }) => reason),
      common.createdAt,
      common.createdBy,
      common.runId,
    ],
  })
}

export interface Confirmation {
  orderId: string
  eid: string | null
  matchingId: string
  /** Sealed by the vault */
  confirmationCodeHash: Buffer | null
  expiresAt: Date | null
}

/** Fixes what confirmOrder decides. A MatchingID that another open order has violates `download_order_open_matching_id`. */
export async function confirmOrderRows(tx: Transaction, smdpAddress: string, confirmations: readonly Confirmation[]): Promise<void> {
  if (confirmations.length === 0) return
  const column = <Value>(of: (confirmation: Confirmation) => Value) => confirmations.map(of)
  await tx.query({
    name: 'confirm-orders',
    text: `UPDATE download_order o SET eid = c.eid, matching_id = c.matching_id, smdp_address = $6, confirmation_code_hash = c.hash,
        expires_at = c.expires_at
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[]) AS c (id, eid, matching_id, hash, expires_at)
      WHERE o.id = c.id`,
    values: [
      column(({ orderId }) => orderId),
      column(({ eid }) => eid),
      column(({ matchingId }) => matchingId),
      column(({ confirmationCodeHash }) => confirmationCodeHash),
      column(({ expiresAt }) => expiresAt),
      smdpAddress,
    ],
  })
}
