'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { renewLink, revokeLink } from '@/lib/orders/links/customer-links'
import { MailLinkInput, mailLink } from '@/lib/orders/links/mail-link'
import { orderContext } from '@/lib/orders/order-context'
import { Iccid } from '@/lib/rsp/identifiers'

const One = z.object({ iccid: Iccid })

/** Sends the customer the link. */
export const mailCustomerLink = operatorAction('link:write', MailLinkInput, async (input, context) => {
  await mailLink(context.db, context, input)
  return { sent: context.env.mail !== undefined }
})

/** Ends the link and makes another one. */
export const renewCustomerLink = operatorAction('link:write', One, async (input, context) => {
  await renewLink(context.db, await orderContext(context), input)
})

/** Ends the link. */
export const revokeCustomerLink = operatorAction('link:write', One, async (input, context) => {
  await revokeLink(context.db, await orderContext(context), input)
})
