import type { StatusName } from '@/lib/rsp/status'
import type { Queryable } from './pool'
import { type Parameters, prepared } from './prepared'

/** Kinds of the timeline: steps of devices under the name of their ES9+ function, and what people did. */
export const EVENT_KINDS = [
  'uploaded',
  'downloadOrder',
  'confirmOrder',
  'releaseProfile',
  'orderChanged',
  'cancelOrder',
  'bind',
  'unbind',
  'reissue',
  'returnToStock',
  'bar',
  'replacement',
  'linkMade',
  'linkMailed',
  'linkOpened',
  'linkRevoked',
  'retire',
  'restore',
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
  /**
   * What the device signed, from its beginning on: EuiccSigned1, EuiccSigned2 without hashCc, EuiccCancelSessionSigned; of a notification
   * the digest under which it is kept. Decoded when somebody looks.
   */
  evidence?: Buffer | undefined
}

/** Columns of `profile_event`; `data` is the last, so that a statement can add to it. */
export const EVENT_COLUMNS = 'at, iccid, order_id, eid, transaction_id, actor, kind, outcome, status, detail, evidence, data'

/** Their parameters in a statement, in the same order; `EVENT_VALUES` has their types and values. */
export const EVENT_PARAMETERS =
  ':eventAt, :eventIccid, :eventOrderId, :eventEid, :eventTransactionId, :eventActor, :eventKind, :eventOutcome, :eventStatus, :eventDetail, :eventEvidence, :eventData'

/** What devices sign has 40 to 500 octets; what extensions put behind it is cut off. */
const mostEvidenceBytes = 2_048

/** What a statement that writes to the timeline is made of, among other things. */
export interface WithTimeline {
  timeline: ProfileEvent
}

export const EVENT_VALUES = {
  eventAt: ['timestamptz', ({ timeline }) => timeline.at],
  eventIccid: ['text', ({ timeline }) => timeline.iccid],
  eventOrderId: ['uuid', ({ timeline }) => timeline.orderId],
  eventEid: ['text', ({ timeline }) => timeline.eid],
  eventTransactionId: ['text', ({ timeline }) => timeline.transactionId],
  eventActor: ['text', ({ timeline }) => timeline.actor],
  eventKind: ['text', ({ timeline }) => timeline.kind],
  eventOutcome: ['text', ({ timeline }) => timeline.outcome],
  eventStatus: ['text', ({ timeline }) => timeline.status],
  eventDetail: ['text', ({ timeline }) => (timeline.detail ? storable(timeline.detail) : null)],
  eventEvidence: ['bytea', ({ timeline }) => timeline.evidence?.subarray(0, mostEvidenceBytes)],
  eventData: ['jsonb', ({ timeline }) => timeline.data && storableJson(timeline.data)],
} satisfies Parameters<WithTimeline>

/** PostgreSQL's text has neither U+0000 nor halves of surrogate pairs, and what a device sends may have, once it is cut. */
const storable = (text: string): string => Buffer.from(text, 'utf8').toString('utf8').replaceAll('\u0000', '')

/** JSON.stringify escapes just these two, so that they are seldom looked for twice. */
const unstorable = /\\u(0000|d[89a-f])/

/** The same for every string inside. */
export function storableJson(data: object): string {
  const json = JSON.stringify(data)
  return unstorable.test(json) ? JSON.stringify(data, (_, value) => (typeof value === 'string' ? storable(value) : value)) : json
}

const ADD_EVENT = prepared<WithTimeline>(
  'add-event',
  EVENT_VALUES,
  `INSERT INTO profile_event (${EVENT_COLUMNS}) VALUES (${EVENT_PARAMETERS})`,
)

/** Adds a row to the timeline. */
export async function addEvent(db: Queryable, timeline: ProfileEvent): Promise<void> {
  await db.query(ADD_EVENT({ timeline }))
}
