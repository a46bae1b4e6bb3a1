import { z } from 'zod'
import { mostIssuedByCall } from '@/lib/orders/once/issue-run-once'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid } from '@/lib/rsp/identifiers'
import { PROFILE_STATES } from '@/lib/rsp/lifecycle'
import { defineCall, nothing } from './call'
import { Moment, pageFields, pageOf } from './fields'
import { IssuedOrder, Order } from './order'
import { AskedEid, customer, TypeName, terms } from './orders'

const most = mostIssuedByCall.toLocaleString('en-GB')

export const IssuedRun = z
  .object({ runId: z.uuid(), title: z.string(), orders: z.array(IssuedOrder).describe('In the order in which they were asked for') })
  .meta({ id: 'IssuedRun' })

export const issueRun = defineCall({
  operationId: 'issueRun',
  method: 'POST',
  path: '/runs',
  verb: 'order:issue',
  tag: 'Runs',
  summary: 'Issue many codes',
  description: `Up to ${most} at once, all or none: a number of a type, or an order for each row. Sent again with the same Idempotency-Key and body, it answers the orders that were made, as they are now. Staff see it under Orders.`,
  params: nothing,
  query: nothing,
  body: z
    .strictObject({
      title: z.string().trim().min(1).max(120).optional().describe('By which staff find it; left out: made from what is issued'),
      type: TypeName.optional(),
      count: z.int('It is a whole number.').min(1, 'At least one.').max(mostIssuedByCall, `At most ${most} at once.`).optional(),
      orders: z
        .array(
          z.strictObject({ iccid: Iccid.optional().describe('Left out: the next of the type'), eid: AskedEid.optional(), ...customer }),
        )
        .min(1, 'At least one.')
        .max(mostIssuedByCall, `At most ${most} at once.`)
        .optional()
        .describe('In place of `count`: whom each is for'),
      confirmationCode: z
        .union([z.enum(['none', 'asType', 'each']), z.strictObject({ same: ConfirmationCode })])
        .default('asType')
        .describe('asType: where the type asks for one, each order gets its own; each: always; same: this one for all'),
      reference: customer.reference.describe('Of orders whose row says nothing'),
      language: customer.language.describe('Of orders whose row says nothing'),
      ...terms,
    })
    .refine(({ count, orders }) => (count === undefined) !== (orders === undefined), {
      error: 'Either a count or orders are needed, not both.',
      path: ['count'],
    })
    .meta({ id: 'IssueRun', examples: [{ type: 'Prepaid', count: 100, title: 'Shop 12, May' }] }),
  status: 201,
  answer: IssuedRun,
  once: true,
})

const RunParam = z.strictObject({ runId: z.uuid('It is the id of a run.') })

export const Run = z
  .object({
    runId: z.uuid(),
    title: z.string(),
    type: z.string().nullable().describe('Null: of several, or chosen by ICCID'),
    wanted: z.int(),
    issued: z.int(),
    cancelled: z.int(),
    states: z.partialRecord(z.enum(PROFILE_STATES), z.int()).describe('How many of its profiles are in which state'),
    createdAt: Moment,
    createdBy: z.string(),
  })
  .meta({ id: 'Run' })

export const readRun = defineCall({
  operationId: 'readRun',
  method: 'GET',
  path: '/runs/{runId}',
  verb: 'profile:read',
  tag: 'Runs',
  summary: 'What became of a run',
  description: 'How many of its orders were taken, installed or cancelled. Runs that staff began have it as well.',
  params: RunParam,
  query: nothing,
  body: nothing,
  status: 200,
  answer: Run,
})

export const listRunOrders = defineCall({
  operationId: 'listRunOrders',
  method: 'GET',
  path: '/runs/{runId}/orders',
  verb: 'profile:read',
  tag: 'Runs',
  summary: 'The orders of a run',
  description: 'By ICCID, page by page.',
  params: RunParam,
  query: z.strictObject({
    after: z
      .string()
      .regex(/^[0-9]{1,20}$/, 'It is the `next` of the page before.')
      .optional()
      .describe('The `next` of the page before'),
    ...pageFields,
  }),
  body: nothing,
  status: 200,
  answer: pageOf(Order),
})
