import { z } from 'zod'
import { defineCall, nothing } from './call'

export const ProfileType = z
  .object({
    id: z.uuid(),
    name: z.string().describe('By which calls name it'),
    live: z.boolean().describe('For eUICCs of real devices; false: of test laboratories'),
    profileClass: z.enum(['test', 'provisioning', 'operational']),
    serviceProviderName: z.string().nullable(),
    profileName: z.string().nullable(),
    confirmationCodeRequired: z.boolean().describe('Orders that say nothing of a confirmation code get one that is made'),
    orderValidDays: z.int().nullable().describe('For which orders that say nothing are valid; null: without end'),
    downloadLimit: z.int().describe('Downloads that may be begun before an order ends'),
    confirmationLimit: z.int().describe('Wrong confirmation codes after which an order ends'),
    alertLevel: z.int().nullable().describe('When fewer than this are available, staff are told'),
  })
  .meta({ id: 'ProfileType' })

export const listTypes = defineCall({
  operationId: 'listTypes',
  method: 'GET',
  path: '/types',
  verb: 'type:read',
  tag: 'Types',
  summary: 'All profile types',
  description: 'By name. There are few of them, so they come at once.',
  params: nothing,
  query: nothing,
  body: nothing,
  status: 200,
  answer: z.object({ data: z.array(ProfileType) }),
})

export const readType = defineCall({
  operationId: 'readType',
  method: 'GET',
  path: '/types/{id}',
  verb: 'type:read',
  tag: 'Types',
  summary: 'One profile type',
  description: 'By its id, which stays the same when it is renamed.',
  params: z.strictObject({ id: z.uuid('It is the id of a type.') }),
  query: nothing,
  body: nothing,
  status: 200,
  answer: ProfileType,
})
