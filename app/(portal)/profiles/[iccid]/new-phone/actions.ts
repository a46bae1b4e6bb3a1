'use server'

import { z } from 'zod'
import { hide, sightOf } from '@/lib/accounts/sight'
import { type ActionContext, operatorAction } from '@/lib/action'
import { mailLink } from '@/lib/orders/links/mail-link'
import { orderContext } from '@/lib/orders/order-context'
import { MoveInput, moveToNewPhone } from '@/lib/orders/reuse/move'
import { ReplaceInput, replaceProfile } from '@/lib/orders/reuse/replace'
import { ReturnInput, returnToStock } from '@/lib/orders/reuse/return-to-stock'
import { Iccid } from '@/lib/rsp/identifiers'

/** What was made, as far as whoever made it sees codes: the customer's page has the code for the others. */
const shown = async <T>({ db, actor }: ActionContext, made: T): Promise<T> => hide(made, await sightOf(db, actor.role))

/** Makes the next code of a profile, or asks a second person for it. */
export const moveProfile = operatorAction('order:reissue', MoveInput, async (input, context) =>
  shown(context, await moveToNewPhone(context.db, await orderContext(context), input)),
)

/** Puts a fresh profile in the place of one that is lost with its phone. */
export const replaceLost = operatorAction('order:replace', ReplaceInput, async (input, context) =>
  shown(context, await replaceProfile(context.db, await orderContext(context), input)),
)

export const backToStock = operatorAction('order:reissue', ReturnInput, async (input, context) => {
  await returnToStock(context.db, await orderContext(context), input)
  return { iccid: input.iccid }
})

/** Mails the link of a code that was just made, to the address that stands on its order. */
export const mailNextLink = operatorAction('link:write', z.object({ iccid: Iccid }), async ({ iccid }, context) => {
  await mailLink(context.db, await orderContext(context), { iccid })
  return { iccid }
})
