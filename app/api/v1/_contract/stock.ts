import { z } from 'zod'
import { PROFILE_SORTS } from '@/lib/db/portal/profile-list'
import { PROFILE_STATES, RUNTIME_STATES } from '@/lib/rsp/lifecycle'
import { defineCall, nothing } from './call'
import { Cursor } from './cursor'
import { IccidParam, listOf, Moment, pageFields, pageOf, RuntimeState, State } from './fields'
import { Order } from './order'

const masked = 'masked but for its last four characters where the role of the key does not see it'

export const Profile = z
  .object({
    iccid: z.string(),
    state: State,
    runtimeState: RuntimeState.nullable(),
    type: z.string().describe('Name of the profile type'),
    live: z.boolean(),
    batch: z.string().nullable().describe('Name of the file that it came in'),
    imsi: z.string().nullable(),
    msisdn: z.string().nullable(),
    eid: z.string().nullable().describe(`The eUICC that has taken it, or that its open order is for; ${masked}`),
    matchingId: z.string().nullable().describe(`Of its open order; ${masked}`),
    changedAt: Moment,
    addedAt: Moment,
  })
  .meta({ id: 'Profile' })

export const ProfileWithOrders = Profile.extend({
  runtimeSince: Moment.nullable(),
  orders: z.array(Order).describe('Newest first, at most 50'),
}).meta({ id: 'ProfileWithOrders' })

export const TimelineEntry = z
  .object({
    id: z.string(),
    at: Moment,
    kind: z.string().describe('What happened, as a word for programs'),
    outcome: z.enum(['ok', 'refused', 'warning']),
    sentence: z.string().describe('The same for people: what happened, why, what to do'),
    actor: z.string().describe('device, customer, an account’s e-mail, key:NAME, partner:IDENTIFIER or cli:USER'),
    orderId: z.string().nullable(),
    eid: z.string().nullable(),
    transactionId: z.string().nullable().describe('Of the download session'),
    status: z
      .object({ name: z.string(), subjectCode: z.string(), reasonCode: z.string() })
      .nullable()
      .describe('With what it was refused (SGP.22 §5.2.6)'),
    data: z.record(z.string(), z.unknown()).nullable().describe('Particulars; more may be added at any time'),
  })
  .meta({ id: 'TimelineEntry' })

export const StockOfType = z
  .object({
    typeId: z.uuid(),
    type: z.string(),
    live: z.boolean(),
    total: z.int(),
    states: z.record(z.enum(PROFILE_STATES), z.int()).describe('How many are in each state, every state named'),
  })
  .meta({ id: 'StockOfType' })

export const readStock = defineCall({
  operationId: 'readStock',
  method: 'GET',
  path: '/stock',
  verb: 'profile:read',
  tag: 'Stock',
  summary: 'How many profiles there are',
  description: 'By type and state, counted to the last one. What lies in batches that are not approved does not count.',
  params: nothing,
  query: nothing,
  body: nothing,
  status: 200,
  answer: z.object({ data: z.array(StockOfType) }),
})

export const listProfiles = defineCall({
  operationId: 'listProfiles',
  method: 'GET',
  path: '/profiles',
  verb: 'profile:read',
  tag: 'Stock',
  summary: 'Profiles of the stock',
  description:
    'Page by page. To keep up with what changes, sort by `changed` and descend until what is known already; better still, have it told by a webhook.',
  params: nothing,
  query: z.strictObject({
    state: listOf(PROFILE_STATES, 'Only in these states'),
    runtimeState: listOf(RUNTIME_STATES, 'Only those of which the eUICC told this last'),
    type: z.string().optional().describe('Name of a profile type'),
    search: z.string().max(200).default('').describe('ICCID, EID, IMSI, MSISDN, matching ID or reference, or the beginning or end of one'),
    sort: z.enum(PROFILE_SORTS).default('iccid').describe('changed: by the last change of state; added: by when they came'),
    order: z.enum(['ascending', 'descending']).default('ascending'),
    after: Cursor.optional(),
    ...pageFields,
  }),
  body: nothing,
  status: 200,
  answer: pageOf(Profile),
})

export const readProfile = defineCall({
  operationId: 'readProfile',
  method: 'GET',
  path: '/profiles/{iccid}',
  verb: 'profile:read',
  tag: 'Stock',
  summary: 'One profile with its orders',
  description: 'The state, what the eUICC told of it, and every order that it had.',
  params: IccidParam,
  query: nothing,
  body: nothing,
  status: 200,
  answer: ProfileWithOrders,
})

export const readTimeline = defineCall({
  operationId: 'readTimeline',
  method: 'GET',
  path: '/profiles/{iccid}/timeline',
  verb: 'profile:read',
  tag: 'Stock',
  summary: 'What happened to a profile',
  description:
    'Oldest first. `after` also takes the `id` of any entry. Steps of the last seconds may appear behind one that was read already: read them again, or use a webhook.',
  params: IccidParam,
  query: z.strictObject({
    after: z
      .string()
      .regex(/^[0-9]{1,18}$/, 'It is the `next` of the page before, or the id of an entry.')
      .default('0')
      .describe('The `next` of the page before, or the id of an entry'),
    ...pageFields,
  }),
  body: nothing,
  status: 200,
  answer: pageOf(TimelineEntry),
})
