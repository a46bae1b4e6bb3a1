import type { ProfileState } from '@/lib/rsp/lifecycle'
import { givenRows } from './given-rows'
import { one, type Queryable, type Transaction } from './pool'
import { CLAIMED_EID, IN_STOCK } from './stock'

/** A profile and its open order, as the verbs on orders see them. */
export interface OrderedProfile {
  iccid: string
  state: ProfileState
  typeId: string
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
  /** Who made the open order by ES2+; null: staff */
  partnerId: string | null
  /** Where the device is to find the open order */
  smdsAddress: string | null
  /** Of its event there */
  smdsEvent: SmdsEventState | null
}

/** waiting: to be registered once the order is released. */
export type SmdsEventState = 'waiting' | 'registered' | 'deleted'

const TYPE_COLUMNS = `t.id AS "typeId", t.name AS "typeName", t.download_limit AS "downloadLimit", t.confirmation_limit AS "confirmationLimit",
  t.confirmation_code_required AS "confirmationCodeRequired", t.order_valid_days AS "orderValidDays"`
const COLUMNS = `p.iccid, p.state, ${TYPE_COLUMNS},
  p.order_id AS "orderId", ${CLAIMED_EID} AS "claimedEid", o.eid AS "orderEid", o.matching_id AS "matchingId",
  o.partner_id AS "partnerId", o.smds_address AS "smdsAddress", o.smds_event AS "smdsEvent"`
const TABLES = 'profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN download_order o ON o.id = p.order_id'

/** Reads a profile of stock and holds it until the transaction ends. */
export const lockProfile = async (tx: Transaction, iccid: string): Promise<OrderedProfile | undefined> =>
  (await lockProfiles(tx, [iccid])).get(iccid)

/**
 * The same for several, by their ICCIDs; always in one order, so that two who want the same ones do not wait for each other. They are read by a
 * second statement: the one that waits for a profile sees the order as it was before.
 */
export async function lockProfiles(tx: Transaction, iccids: readonly string[]): Promise<Map<string, OrderedProfile>> {
  // One is asked for as one: see givenRows.
  const [first, second] = iccids
  const isOne = first !== undefined && second === undefined
  const [shape, wanted, values] = isOne ? (['one', '= $1', [first]] as const) : (['many', '= ANY($1::text[])', [iccids]] as const)
  await tx.query({
    name: `lock-profiles-${shape}`,
    text: `SELECT FROM profile WHERE iccid ${wanted} ORDER BY iccid FOR UPDATE`,
    values: [...values],
  })
  const { rows } = await tx.query<OrderedProfile & Record<string, unknown>>({
    name: `profiles-by-iccid-${shape}`,
    text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE p.iccid ${wanted} AND ${IN_STOCK}`,
    values: [...values],
  })
  return new Map(rows.map(row => [row.iccid, row]))
}

/*
 * Batches that are no stock may have a million profiles in front of one that is, and batches that are sold a million behind them: each batch in stock is
 * asked for itself, those without a batch first, then the oldest. Rows are compared as a whole so that only the index over all of these columns will do:
 * by one over the batch alone each sold profile of it would be looked at.
 */
const AVAILABLE_FROM = `(p.type_id, p.state, p.batch_id) >= ((SELECT "typeId" FROM wanted), 'Available', approved.id)`
const AVAILABLE_TO = AVAILABLE_FROM.replace('>=', '<=')
const TAKEN = `p.iccid, p.state, ${CLAIMED_EID} AS "claimedEid"`
const NEXT_AVAILABLE = `
  WITH wanted AS MATERIALIZED (SELECT ${TYPE_COLUMNS} FROM profile_type t WHERE t.name = $1 AND ($3::uuid[] IS NULL OR t.id = ANY($3::uuid[])))
  SELECT next.*, wanted.* FROM (
    SELECT * FROM (SELECT ${TAKEN} FROM profile p
      WHERE (p.type_id, p.state) >= ((SELECT "typeId" FROM wanted), 'Available') AND (p.type_id, p.state) <= ((SELECT "typeId" FROM wanted), 'Available')
        AND p.batch_id IS NULL
      ORDER BY p.type_id, p.state, p.batch_id, p.iccid LIMIT $2 FOR UPDATE OF p SKIP LOCKED) AS without_batch
    UNION ALL
    SELECT of_batch.*
    FROM (SELECT b.id FROM batch b WHERE b.type_id = (SELECT "typeId" FROM wanted) AND b.state = 'approved' ORDER BY b.id) AS approved
      CROSS JOIN LATERAL (SELECT ${TAKEN} FROM profile p WHERE ${AVAILABLE_FROM} AND ${AVAILABLE_TO}
        ORDER BY p.type_id, p.state, p.batch_id, p.iccid LIMIT $2 FOR UPDATE OF p SKIP LOCKED) AS of_batch
    LIMIT $2
  ) AS next CROSS JOIN wanted`

/** A profile that is available has no order. */
const noOrder = { orderId: null, orderEid: null, matchingId: null, partnerId: null, smdsAddress: null, smdsEvent: null }

/**
 * Takes the next `count` available profiles of a type, passing over those that others are taking right now; fewer where there are no more.
 * @param typeIds the types that may be taken from; null: all
 */
export async function lockAvailable(
  tx: Transaction,
  typeName: string,
  count: number,
  typeIds: readonly string[] | null = null,
): Promise<OrderedProfile[]> {
  const { rows } = await tx.query<Omit<OrderedProfile, keyof typeof noOrder>>({
    name: 'lock-available',
    text: NEXT_AVAILABLE,
    values: [typeName, count, typeIds],
  })
  return rows.map(row => ({ ...row, ...noOrder }))
}

export const typeIdByName = async (db: Queryable, name: string): Promise<string | undefined> =>
  (await one<{ id: string }>(db, { name: 'type-id', text: 'SELECT id FROM profile_type WHERE name = $1', values: [name] }))?.id

export const profileTypeExists = async (db: Queryable, name: string): Promise<boolean> => (await typeIdByName(db, name)) !== undefined

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
  /** Whose profile it is, where a partner ordered it by ES2+ */
  partnerId: string | null
}

/**
 * Adds orders.
 * @param common.runId the run in which they are issued
 */
export async function insertOrders(
  tx: Transaction,
  orders: readonly NewOrder[],
  common: { createdAt: Date; createdBy: string; runId: string | null },
): Promise<void> {
  if (orders.length === 0) return
  const { source, values, shape } = givenRows(
    ['uuid', 'text', 'text', 'int', 'int', 'text', 'text', 'text', 'text', 'uuid'],
    orders.map(order => [
      order.id,
      order.iccid,
      order.eid,
      order.downloadLimit,
      order.confirmationLimit,
      order.customerEmail,
      order.reference,
      order.language,
      order.reason,
      order.partnerId,
    ]),
  )
  await tx.query({
    name: `insert-orders-${shape}`,
    text: `INSERT INTO download_order (id, iccid, eid, download_limit, confirmation_limit, customer_email, reference, language, reason, partner_id,
        created_at, created_by, run_id)
      SELECT new.*, $11, $12, $13 FROM ${source} AS new`,
    values: [...values, common.createdAt, common.createdBy, common.runId],
  })
}

export interface Confirmation {
  orderId: string
  eid: string | null
  matchingId: string
  /** Sealed by the vault */
  confirmationCodeHash: Buffer | null
  expiresAt: Date | null
  /** Its event waits to be registered there */
  smdsAddress: string | null
}

/** Fixes what confirmOrder decides. A MatchingID that another open order has violates `download_order_open_matching_id`. */
export async function confirmOrderRows(tx: Transaction, smdpAddress: string, confirmations: readonly Confirmation[]): Promise<void> {
  if (confirmations.length === 0) return
  const { source, values, shape } = givenRows(
    ['uuid', 'text', 'text', 'bytea', 'timestamptz', 'text'],
    confirmations.map(each => [each.orderId, each.eid, each.matchingId, each.confirmationCodeHash, each.expiresAt, each.smdsAddress]),
  )
  await tx.query({
    name: `confirm-orders-${shape}`,
    text: `UPDATE download_order o SET eid = c.eid, matching_id = c.matching_id, smdp_address = $7, confirmation_code_hash = c.hash,
        expires_at = c.expires_at, smds_address = c.smds_address, smds_event = CASE WHEN c.smds_address IS NOT NULL THEN 'waiting' END
      FROM ${source} AS c (id, eid, matching_id, hash, expires_at, smds_address) WHERE o.id = c.id`,
    values: [...values, smdpAddress],
  })
}
