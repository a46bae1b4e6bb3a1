'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { bind, unbind } from '@/lib/orders/bind'
import { orderContext } from '@/lib/orders/order-context'
import { SpacedEid } from '@/lib/orders/order-fields'
import { Iccid } from '@/lib/rsp/identifiers'

/** Binds a profile, or the order that it has, to one device. */
export const bindDevice = operatorAction('order:bind', z.object({ iccid: Iccid, eid: SpacedEid }), async (input, context) => {
  await bind(context.db, await orderContext(context), input)
})

/** Lets any device use the order again. */
export const unbindDevice = operatorAction('order:bind', z.object({ iccid: Iccid }), async (input, context) => {
  await unbind(context.db, await orderContext(context), input)
})
