import { z } from 'zod'

/** THE table of webhook events: their names and what they say. */
export const WEBHOOK_EVENTS = {
  'order.created': 'A profile was ordered: it is reserved.',
  'order.confirmed': 'The order was confirmed: its matching ID is fixed.',
  'order.released': 'The profile can be downloaded with its activation code.',
  'order.changed': 'The order was changed: its device, its end or its limits.',
  'order.cancelled': 'The order was cancelled.',
  'profile.eligibility': 'A device asked for the profile and was checked; `result` says whether it may have it.',
  'profile.confirmation': 'The confirmation code was missing or wrong.',
  'profile.downloaded': 'The profile was handed out to the device.',
  'profile.refused': 'The device asked for the package and did not get it.',
  'profile.cancelled': 'The download was cancelled on the device; with `orderEnded` there is no further try.',
  'profile.installed': 'The device reported that the profile is installed.',
  'profile.failed': 'The device could not install the profile, or the order ended in a failure; with `orderEnded` there is no further try.',
  'profile.enabled': 'The device reported that the profile was enabled.',
  'profile.disabled': 'The device reported that the profile was disabled.',
  'profile.deleted': 'The device reported that the profile was deleted.',
  test: 'Somebody tries whether this webhook works. It tells of no profile.',
} as const satisfies Record<string, string>
export type WebhookEventName = keyof typeof WEBHOOK_EVENTS
export const WEBHOOK_EVENT_NAMES = Object.keys(WEBHOOK_EVENTS) as WebhookEventName[]

/** What a webhook can be told of: all but the trial. */
export const SUBSCRIBABLE_EVENTS = WEBHOOK_EVENT_NAMES.filter(name => name !== 'test')

/** SGP.22 §5.2.6: subject and reason code of a failure. */
const FailureStatus = z.object({ subjectCode: z.string(), reasonCode: z.string(), message: z.string() })

/** The body of a webhook call. */
export const WebhookPayload = z
  .object({
    id: z.uuid().describe('The same at each try: a message that came already can be passed over.'),
    event: z.enum(WEBHOOK_EVENT_NAMES),
    at: z.iso.datetime().describe('When it happened.'),
    data: z
      .object({
        iccid: z.string(),
        profileType: z.string(),
        orderId: z.uuid(),
        reference: z.string().nullable().describe('Of the order, in your own system.'),
        partner: z.string().nullable().describe('Who ordered by ES2+; null: staff, or the management API.'),
        eid: z.string().nullable().describe('The device, where it is known.'),
        result: z.enum(['success', 'failed']),
        status: FailureStatus.nullable().describe('Why it failed, by the codes of SGP.22.'),
        orderEnded: z.boolean().describe('With this the order is over.'),
      })
      .nullable()
      .describe('Null in a test.'),
  })
  .meta({ id: 'WebhookPayload', description: 'What a webhook is told, signed in the header Slipway-Signature.' })
export type WebhookPayload = z.infer<typeof WebhookPayload>
