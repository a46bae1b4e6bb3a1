import { z } from 'zod'
import { defineCall, nothing } from './call'
import { IccidParam, Moment } from './fields'

export const CustomerLink = z
  .object({
    linkId: z.uuid(),
    url: z.url().nullable().describe('Whoever has the address sees the code, so it is for the customer alone; null: it is good no more'),
    orderId: z.uuid(),
    createdAt: Moment,
    createdBy: z.string(),
    mailedAt: Moment.nullable(),
    openedAt: Moment.nullable().describe('When somebody had the page before them first'),
    lastOpenedAt: Moment.nullable(),
    opens: z.int(),
    revokedAt: Moment.nullable(),
  })
  .meta({ id: 'CustomerLink' })

const common = { path: '/profiles/{iccid}/link', tag: 'Links', params: IccidParam, query: nothing, body: nothing, status: 200 } as const

export const readLink = defineCall({
  ...common,
  operationId: 'readLink',
  method: 'GET',
  verb: 'link:read',
  summary: 'The customer’s link of a profile',
  description: 'The one that is good, else the last one.',
  answer: CustomerLink,
})

export const renewLink = defineCall({
  ...common,
  operationId: 'renewLink',
  method: 'POST',
  verb: 'link:write',
  summary: 'Make a new link',
  description: 'For the last order of a profile. Those before are good no more.',
  answer: CustomerLink,
})

export const revokeLink = defineCall({
  ...common,
  operationId: 'revokeLink',
  method: 'DELETE',
  verb: 'link:write',
  summary: 'End the link',
  description: 'Nobody can open the page any more. The code stays as it is.',
  answer: CustomerLink,
})
