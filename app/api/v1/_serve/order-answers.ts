import type { z } from 'zod'
import { latestOrderAnswer, type OrderAnswer } from '@/lib/db/order-answers'
import type { Queryable } from '@/lib/db/pool'
import { orderActivationCode } from '@/lib/orders/activation-code'
import type { OrderContext } from '@/lib/orders/context'
import { customerPageUrl } from '@/lib/orders/links/customer-links'
import type { IssuedAnswer } from '@/lib/orders/once/issue-once'
import type { IssuedOrder, Order } from '../_contract/order'
import type { Plain } from './answer'

/** An order with the text of its QR code. */
export const orderAnswer = (order: OrderAnswer): Plain<z.input<typeof Order>> => ({ ...order, activationCode: codeOf(order) })

function codeOf({ matchingId, smdpAddress, confirmationCodeRequired }: OrderAnswer): string | null {
  if (matchingId === null || smdpAddress === null) return null
  return orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })
}

/** The same with what is told to whoever issued it. */
export const issuedAnswer = (ctx: OrderContext, order: IssuedAnswer): Plain<z.input<typeof IssuedOrder>> => ({
  ...order,
  activationCode: codeOf(order),
  page: order.linkId ? customerPageUrl(ctx, order.linkId) : null,
})

/** The order of a profile that something was done to. */
export async function orderOfProfile(db: Queryable, iccid: string): Promise<Plain<z.input<typeof Order>> | undefined> {
  const order = await latestOrderAnswer(db, iccid)
  return order && orderAnswer(order)
}
