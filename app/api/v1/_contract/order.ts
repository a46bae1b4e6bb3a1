import { z } from 'zod'
import { LANGUAGES } from '@/lib/customer-page/language'
import { ORDER_OUTCOMES } from '@/lib/db/move-profile'
import { ORDER_REASONS } from '@/lib/db/order-rows'
import { Moment, State } from './fields'

const masked = 'masked but for its last four characters where the role of the key does not see it'

export const Order = z
  .object({
    orderId: z.uuid(),
    iccid: z.string(),
    type: z.string().describe('Name of the profile type'),
    state: State.describe('Of the profile, which may have another order by now where `open` is false'),
    open: z.boolean().describe('It has not ended'),
    outcome: z.enum(ORDER_OUTCOMES).nullable().describe('How it ended'),
    reason: z.enum(ORDER_REASONS),
    eid: z.string().nullable().describe(`The eUICC that it is for; null: any; ${masked}`),
    matchingId: z
      .string()
      .nullable()
      .describe(`Null: it is not confirmed; empty: a default SM-DP+ order, which the device finds by its EID; else ${masked}`),
    smdpAddress: z.string().nullable(),
    activationCode: z
      .string()
      .nullable()
      .describe(`The text of the QR code, LPA:1$…; null: it is not confirmed; its matching ID is ${masked}`)
      .meta({ examples: ['LPA:1$smdp.example.com$ABCDE-23456-FGHJK-789LM'] }),
    confirmationCodeRequired: z.boolean(),
    confirmationAttempts: z.int().describe('Wrong confirmation codes so far'),
    confirmationLimit: z.int(),
    downloadAttempts: z.int().describe('Downloads that were begun so far'),
    downloadLimit: z.int(),
    expiresAt: Moment.nullable().describe('Null: without end'),
    customerEmail: z.string().nullable(),
    reference: z.string().nullable().describe('What the operator calls it'),
    language: z
      .string()
      .nullable()
      .describe(`Of mails and the customer’s page: ${LANGUAGES.join(', ')}`),
    runId: z.uuid().nullable().describe('The run that it was issued with'),
    createdAt: Moment,
    createdBy: z.string(),
    closedAt: Moment.nullable(),
  })
  .meta({ id: 'Order' })

export const IssuedOrder = Order.extend({
  page: z.url().nullable().describe('The page for the customer: whoever has the address sees the code, so it is for the customer alone'),
  confirmationCode: z
    .string()
    .optional()
    .describe('One that was made: told here, and for a day when the same call is sent again; only its hash is kept'),
}).meta({ id: 'IssuedOrder' })
