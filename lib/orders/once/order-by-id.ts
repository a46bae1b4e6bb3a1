import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type OrderAnswer, readOrderAnswer } from '@/lib/db/order-answers'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { cancelOrder, type FinalProfileStatusIndicator } from '../cancel-order'
import type { OrderContext } from '../context'
import { releaseProfile } from '../release-profile'
import { registerLater } from '../smds-event'

type After = OrderAnswer | undefined

/**
 * Cancels this very order, never another one of its profile; once it is cancelled, the same again changes nothing.
 * @returns the order as it is now; undefined when there is none
 * @throws FormError when it has ended otherwise; RspError, NotAllowed
 */
export async function cancelById(
  db: Database,
  ctx: OrderContext,
  { orderId, finalProfileStatusIndicator }: { orderId: string; finalProfileStatusIndicator: FinalProfileStatusIndicator },
): Promise<After> {
  requireMay(ctx.actor, 'order:cancel')
  return transaction(db, async tx => {
    const order = await held(tx, orderId)
    if (!order || order.outcome === 'cancelled') return order
    if (!order.open) throw new FormError('This order has ended, so there is nothing to cancel.')
    const iccid = Iccid.parse(order.iccid)
    await cancelOrder(tx, ctx, { iccid, finalProfileStatusIndicator })
    await audit(tx, ctx.actor, 'order:cancel', { target: iccid, detail: { orderId, finalProfileStatusIndicator } })
    return readOrderAnswer(tx, orderId)
  })
}

/**
 * Releases this very order; once it is released, the same again changes nothing.
 * @returns the order as it is now; undefined when there is none
 * @throws FormError when it has ended; RspError, NotAllowed
 */
export async function releaseById(db: Database, ctx: OrderContext, { orderId }: { orderId: string }): Promise<After> {
  requireMay(ctx.actor, 'order:release')
  return transaction(db, async tx => {
    const order = await held(tx, orderId)
    if (!order || (order.open && order.state === 'Released')) return order
    if (!order.open) throw new FormError('This order has ended, so there is nothing to release.')
    await registerLater(tx, [await releaseProfile(tx, ctx, { iccid: Iccid.parse(order.iccid) })])
    await audit(tx, ctx.actor, 'order:release', { target: order.iccid, detail: { orderId } })
    return readOrderAnswer(tx, orderId)
  })
}

/** Reads an order when nobody else changes its profile any more until the transaction ends. */
async function held(tx: Transaction, orderId: string): Promise<After> {
  const order = await readOrderAnswer(tx, orderId)
  if (!order) return undefined
  await lockProfile(tx, order.iccid)
  return readOrderAnswer(tx, orderId)
}
