import { StaleState } from './move-profile'
import { one, type Transaction } from './pool'
import { addEvent, type ProfileEvent } from './profile-events'

/** Until when and how often a code can be used. */
export interface OrderTerms {
  /** Null: without end */
  expiresAt: Date | null
  downloadLimit: number
  confirmationLimit: number
}

/** The terms of an order, and whether it asks for a confirmation code; undefined where there is none that is open. */
export const readOrderTerms = (
  tx: Transaction,
  orderId: string,
): Promise<(OrderTerms & { confirmationCodeRequired: boolean }) | undefined> =>
  one<OrderTerms & { confirmationCodeRequired: boolean }>(tx, {
    name: 'read-order-terms',
    text: `SELECT expires_at AS "expiresAt", download_limit AS "downloadLimit", confirmation_limit AS "confirmationLimit",
        confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired"
      FROM download_order WHERE id = $1 AND closed_at IS NULL`,
    values: [orderId],
  })

/**
 * Changes the terms of an open order whose profile the transaction holds, and tells the timeline.
 * @throws StaleState when the order has closed; then nothing was changed
 */
export async function writeOrderTerms(
  tx: Transaction,
  order: { orderId: string; iccid: string },
  { expiresAt, downloadLimit, confirmationLimit }: OrderTerms,
  timeline: ProfileEvent,
): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'write-order-terms',
    text: `UPDATE download_order SET expires_at = $2, download_limit = $3, confirmation_limit = $4 WHERE id = $1 AND closed_at IS NULL`,
    values: [order.orderId, expiresAt, downloadLimit, confirmationLimit],
  })
  if (rowCount !== 1) throw new StaleState(order.iccid)
  await addEvent(tx, timeline)
}
