import type { StatusName } from '@/lib/rsp/status'
import type { Queryable } from './pool'

/** Kinds of the timeline: steps of devices under the name of their ES9+ function, and what people did. */
export const EVENT_KINDS = [
  'uploaded',
  'downloadOrder',
  'confirmOrder',
  'releaseProfile',
  'cancelOrder',
  'authenticateClient',
  'getBoundProfilePackage',
  'cancelSession',
  'orderEnded',
  'installationResult',
  'notification',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export type EventOutcome = 'ok' | 'refused' | 'warning'

/** One row of the timeline. `data` holds decoded facts for people, never a secret. */
export interface ProfileEvent {
  at: Date
  iccid?: string | undefined
  orderId?: string | undefined
  eid?: string | undefined
  transactionId?: string | undefined
  /** `device`, an account's e-mail or cli:<os user> */
  actor: string
  kind: EventKind
  outcome: EventOutcome
  status?: StatusName | undefined
  detail?: string | undefined
  data?: Record<string, unknown> | undefined
}

/** The columns of `profile_event` in the order of `eventValues`. */
export const EVENT_COLUMNS = 'at, iccid, order_id, eid, transaction_id, actor, kind, outcome, status, detail, data'

export const eventValues = (event: ProfileEvent): unknown[] => [
  event.at,
  event.iccid ?? null,
  event.orderId ?? null,
  event.eid ?? null,
  event.transactionId ?? null,
  event.actor,
  event.kind,
  event.outcome,
  event.status ?? null,
  event.detail ? storable(event.detail) : null,
  event.data ? storableJson(event.data) : null,
]

/** PostgreSQL's text has neither U+0000 nor halves of surrogate pairs, and what a device sends may have, once it is cut. */
const storable = (text: string): string => Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '')

/** JSON.stringify escapes just these two, so that they are seldom looked for twice. */
const unstorable = /\\u(0000|d[89a-f])/

/** The same for every string inside. */
export function storableJson(data: object): string {
  const json = JSON.stringify(data)
  return unstorable.test(json) ? JSON.stringify(data, (_, value) => (typeof value === 'string' ? storable(value) : value)) : json
}

/** PostgreSQL types of those columns. */
export const EVENT_TYPES = ['timestamptz', 'text', 'uuid', 'text', 'text', 'text', 'text', 'text', 'text', 'text', 'jsonb'] as const

/** Adds a row to the timeline. */
export async function addEvent(db: Queryable, event: ProfileEvent): Promise<void> {
  await db.query({
    name: 'add-event',
    text: `INSERT INTO profile_event (${EVENT_COLUMNS}) VALUES (${EVENT_TYPES.map((type, i) => `$${i + 1}::${type}`).join(', ')})`,
    values: eventValues(event),
  })
}
