import type { ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable, type Transaction } from './pool'

/** A profile and its open order, as the verbs on orders see them. */
export interface OrderedProfile {
  iccid: string
  state: ProfileState
  typeName: string
  downloadLimit: number
  confirmationLimit: number
  orderId: string | null
  /** The eUICC to which the package was given */
  claimedEid: string | null
  orderEid: string | null
  matchingId: string | null
}

const COLUMNS = `p.iccid, p.state, t.name AS "typeName", t.download_limit AS "downloadLimit", t.confirmation_limit AS "confirmationLimit",
  p.order_id AS "orderId", p.eid AS "claimedEid", o.eid AS "orderEid", o.matching_id AS "matchingId"`
const TABLES = 'profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN download_order o ON o.id = p.order_id'

/** Reads a profile and holds it until the transaction ends. */
export const lockProfile = (tx: Transaction, iccid: string): Promise<OrderedProfile | undefined> =>
  one<OrderedProfile & Record<string, unknown>>(tx, {
    name: 'lock-profile',
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.iccid = $1 FOR UPDATE OF p`,
    values: [iccid],
  })

/** Holds several profiles until the transaction ends; always in one order, so that two who want the same ones do not wait for each other. */
export const lockProfiles = (tx: Transaction, iccids: string[]) =>
  tx.query({
    name: 'lock-profiles',
    text: 'SELECT iccid FROM profile WHERE iccid = ANY($1::text[]) ORDER BY iccid FOR UPDATE',
    values: [iccids],
  })

/** Takes the next `count` available profiles of a type, passing over those that others are taking right now; fewer where there are no more. */
export const lockAvailable = async (tx: Transaction, typeName: string, count: number): Promise<OrderedProfile[]> =>
  (
    await tx.query<OrderedProfile & Record<string, unknown>>({
      name: 'lock-available',
      text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.type_id = (SELECT id FROM profile_type WHERE name = $1) AND p.state = 'Available'
        ORDER BY p.iccid LIMIT $2 FOR UPDATE OF p SKIP LOCKED`,
      values: [typeName, count],
    })
  ).rows

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
