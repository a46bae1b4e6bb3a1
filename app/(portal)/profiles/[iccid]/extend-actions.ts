'use server'

import { operatorAction } from '@/lib/action'
import { ExtendInput, extendExpiry, RaiseInput, raiseLimit } from '@/lib/orders/extend-order'
import { orderContext } from '@/lib/orders/order-context'

/** Lets the code of an open order be good for longer. */
export const extendCode = operatorAction('order:extend', ExtendInput, async (input, context) => {
  const { expiresAt } = await extendExpiry(context.db, await orderContext(context), input)
  return { expiresAt }
})

/** Lets it be tried more often. */
export const allowMoreTries = operatorAction('order:extend', RaiseInput, async (input, context) => {
  const { downloadLimit, confirmationLimit } = await raiseLimit(context.db, await orderContext(context), input)
  return { downloadLimit, confirmationLimit }
})
