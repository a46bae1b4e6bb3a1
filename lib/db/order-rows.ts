import type { ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable, type Transaction } from './pool'
import { IN_STOCK } from './stock'

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
  p.order_id AS "orderId", p.eid AS "claimedEid", o.eid AS "orderEid", o.matching_id AS "matchingId"`
const TABLES = 'profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN download_order o ON o.id = p.order_id'

/** Reads a profile of stock and holds it until the transaction ends. */
export const lockProfile = (tx: Transaction, iccid: string): Promise<OrderedProfile | undefined> =>
  one<OrderedProfile & Record<string, unknown>>(tx, {
    name: 'lock-profile',
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.iccid = $1 AND ${IN_STOCK} FOR UPDATE OF p`,
    values: [iccid],
  })

/** Holds several profiles until the transaction ends; always in one order, so that two who want the same ones do not wait for each other. */
export const lockProfiles = (tx: Transaction, iccids: string[]) =>
  tx.query({
    name: 'lock-profiles',
    text: 'SELECT iccid FROM profile WHERE iccid = ANY($1::text[]) ORDER BY iccid FOR UPDATE',
    values: [iccids],
  })

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

export interface NewOrder {
  id: string
  iccid: string
  eid: string | null
  downloadLimit: number
  confirmationLimit: number
  createdAt: Date
  createdBy: string
}

export const insertOrder = (tx: Transaction, order: NewOrder) =>
  tx.query({
    name: 'insert-order',
    text: `INSERT INTO download_order (id, iccid, eid, download_limit, confirmation_limit, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [order.id, order.iccid, order.eid, order.downloadLimit, order.confirmationLimit, order.createdAt, order.createdBy],
  })

export interface Confirmation {
  eid: string | null
  matchingId: string
  smdpAddress: string
  /** Sealed by the vault */
  confirmationCodeHash: Buffer | null
  expiresAt: Date | null
}

/** Fixes what confirmOrder decides. A MatchingID that another open order has violates `download_order_open_matching_id`. */
export const confirmOrderRow = (
  tx: Transaction,
  orderId: string,
  { eid, matchingId, smdpAddress, confirmationCodeHash, expiresAt }: Confirmation,
) =>
  tx.query({
    name: 'confirm-order',
    text: `UPDATE download_order SET eid = $2, matching_id = $3, smdp_address = $4, confirmation_code_hash = $5, expires_at = $6 WHERE id = $1`,
    values: [orderId, eid, matchingId, smdpAddress, confirmationCodeHash, expiresAt],
  })
