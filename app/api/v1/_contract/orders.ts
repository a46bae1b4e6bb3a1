import { z } from 'zod'
import { FINAL_STATUS } from '@/lib/orders/cancel-order'
import { ConfirmationLimit, CustomerEmail, OrderLanguage, Reference, SpacedEid } from '@/lib/orders/order-fields'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid, MatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import { defineCall, nothing } from './call'
import { AskedMoment, IccidParam } from './fields'
import { IssuedOrder, Order } from './order'

export const TypeName = z.string().min(1, 'A type has a name.').max(200).describe('Name of a profile type: the next profile of it is taken')
export const AskedEid = SpacedEid.describe('32 digits: only this eUICC may download it')

export const customer = {
  customerEmail: CustomerEmail.optional().describe('Where staff may mail the link to'),
  reference: Reference.optional().describe('What you call it; profiles are found by it'),
  language: OrderLanguage.optional().describe('Of mails and the customer’s page'),
}

export const terms = {
  confirmationLimit: ConfirmationLimit.optional().describe('Wrong confirmation codes after which it ends; left out: as the type has it'),
  expiresAt: AskedMoment.nullish().describe('Null: without end; left out: as the type has it'),
  release: z.boolean().optional().describe('False: confirmed, to be released later; else it can be downloaded at once'),
}

const confirmation = {
  eid: AskedEid.optional(),
  matchingId: MatchingId.optional().describe(
    'Left out: one of 100 random bits is made. Empty: a default SM-DP+ order, which the device finds by its EID',
  ),
  confirmationCode: ConfirmationCode.nullish().describe('Null: none; left out: where the type asks for one, it is made'),
  makeConfirmationCode: z.literal('always').optional().describe('One is made whatever the type asks'),
  smdsAddress: SmdsAddress.optional().describe('Host name of the SM-DS on which the device finds the order by its EID'),
  ...terms,
  ...customer,
}

export const issueOrder = defineCall({
  operationId: 'issueOrder',
  method: 'POST',
  path: '/orders',
  verb: 'order:issue',
  tag: 'Orders',
  summary: 'Issue a code',
  description:
    'Takes a profile, by its ICCID or the next of a type, and answers its activation code: downloadOrder and confirmOrder of ES2+ in one. Sent again with the same Idempotency-Key and body, it answers the order that was made, as it is now.',
  params: nothing,
  query: nothing,
  body: z
    .strictObject({ type: TypeName.optional(), iccid: Iccid.optional().describe('This very profile'), ...confirmation })
    .refine(({ type, iccid }) => (type === undefined) !== (iccid === undefined), {
      error: 'Either a type or an ICCID is needed, not both.',
      path: ['type'],
    })
    .meta({ id: 'IssueOrder', examples: [{ type: 'Prepaid', reference: 'contract 4711' }] }),
  status: 201,
  answer: IssuedOrder,
  once: true,
})

export const OrderParam = z.strictObject({ orderId: z.uuid('It is the id of an order.') })

export const readOrder = defineCall({
  operationId: 'readOrder',
  method: 'GET',
  path: '/orders/{orderId}',
  verb: 'profile:read',
  tag: 'Orders',
  summary: 'What became of an order',
  description: 'Whether it is open, in which state its profile is, and how it ended.',
  params: OrderParam,
  query: nothing,
  body: nothing,
  status: 200,
  answer: Order,
})

export const confirmOrder = defineCall({
  operationId: 'confirmOrder',
  method: 'POST',
  path: '/orders/{orderId}/confirm',
  verb: 'order:issue',
  tag: 'Orders',
  summary: 'Make the code of a profile that was reserved',
  description: 'For orders that were made by binding a profile of the stock to a device, or reserved by ES2+: confirmOrder of ES2+.',
  params: OrderParam,
  query: nothing,
  body: z.strictObject(confirmation).meta({ id: 'ConfirmOrder', examples: [{}] }),
  status: 200,
  answer: IssuedOrder,
})

export const releaseOrder = defineCall({
  operationId: 'releaseOrder',
  method: 'POST',
  path: '/orders/{orderId}/release',
  verb: 'order:release',
  tag: 'Orders',
  summary: 'Release a confirmed order',
  description: 'From then on the device can download it. Released already, nothing changes.',
  params: OrderParam,
  query: nothing,
  body: nothing,
  status: 200,
  answer: Order,
})

export const cancelOrder = defineCall({
  operationId: 'cancelOrder',
  method: 'POST',
  path: '/orders/{orderId}/cancel',
  verb: 'order:cancel',
  tag: 'Orders',
  summary: 'Cancel an order',
  description: 'This very order, never a later one of the same profile. Cancelled already, nothing changes.',
  params: OrderParam,
  query: nothing,
  body: z
    .strictObject({
      finalProfileStatusIndicator: z
        .enum(FINAL_STATUS, { error: `It is one of: ${FINAL_STATUS.join(', ')}.` })
        .describe('Available: back to stock; Unavailable: out of use. What a device was given cannot go back'),
    })
    .meta({ id: 'CancelOrder', examples: [{ finalProfileStatusIndicator: 'Available' }] }),
  status: 200,
  answer: Order,
})

export const bindProfile = defineCall({
  operationId: 'bindProfile',
  method: 'POST',
  path: '/profiles/{iccid}/bind',
  verb: 'order:bind',
  tag: 'Orders',
  summary: 'Make a profile one device’s',
  description:
    'A profile in stock is reserved for the eUICC (confirm its order next); one whose order no device has taken becomes that eUICC’s. The same again changes nothing.',
  params: IccidParam,
  query: nothing,
  body: z.strictObject({ eid: AskedEid, ...customer }).meta({ id: 'BindProfile', examples: [{ eid: '89049032123451234512345678901235' }] }),
  status: 200,
  answer: Order,
})

export const unbindProfile = defineCall({
  operationId: 'unbindProfile',
  method: 'POST',
  path: '/profiles/{iccid}/unbind',
  verb: 'order:bind',
  tag: 'Orders',
  summary: 'Let any device have a profile again',
  description: 'For one that was bound to a device which has not taken it.',
  params: IccidParam,
  query: nothing,
  body: nothing,
  status: 200,
  answer: Order,
})
