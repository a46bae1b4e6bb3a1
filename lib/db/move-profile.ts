import { type ProfileEvent as LifecycleEvent, nextState, PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { Parameters } from './parameters'
import { one, type Queryable } from './pool'
import { EVENT_COLUMNS, eventValues, type ProfileEvent } from './profile-events'

/** Nothing was changed: somebody else moved the profile first. */
export class StaleState extends Error {
  override name = 'StaleState'
  constructor(readonly iccid: string) {
    super('The profile has changed in the meantime.')
  }
}

/** How an order ended. */
export const ORDER_OUTCOMES = [
  'installed',
  'failed',
  'rejected',
  'cancelled',
  'downloadAttemptsExceeded',
  'confirmationCodeAttemptsExceeded',
] as const
export type OrderOutcome = (typeof ORDER_OUTCOMES)[number]

/** A binding to be kept with the delivery that made it. Buffers are stored as they are: `sealed` comes from the vault. */
export interface NewBinding {
  otPkDp: Buffer
  otPkEuicc: Buffer
  metadata: Buffer
  sealed: Buffer
  ciNumber: number
  credential: number
}

export interface Delivery {
  eid: string
  /** The binding that the caller has seen; null for none. */
  replaces: string | null
  bindingId: string
  /** Left out when `bindingId` is the one that is there already. */
  binding?: NewBinding
}

/** The verdict over a notification, as it is kept beside the raw bytes. */
export interface NotificationRecord {
  digest: Buffer
  receivedAt: Date
  raw: Buffer
  eid: string
  iccid: string | null
  transactionId: string | null
  sequenceNumber: number
  event: string | null
  verdict: string
}

/** Keeps a notification unless it is there. `source`: the FROM clause on which it depends, if any. */
export const insertNotification = (p: Parameters, record: NotificationRecord, source = ''): string => {
  const values = [
    p.add(record.digest, 'bytea'),
    p.add(record.receivedAt, 'timestamptz'),
    p.add(record.raw, 'bytea'),
    p.add(record.eid, 'text'),
    p.add(record.iccid, 'text'),
    p.add(record.transactionId, 'text'),
    p.add(record.sequenceNumber, 'bigint'),
    p.add(record.event, 'text'),
    p.add(record.verdict, 'text'),
  ]
  return `INSERT INTO notification (digest, received_at, raw, eid, iccid, transaction_id, sequence_number, event, verdict)
    SELECT ${values.join(', ')} ${source} ON CONFLICT DO NOTHING`
}

export interface Move {
  iccid: string
  /** The open order that the caller has seen; null for none. */
  orderId: string | null
  /** States from which the caller allows the step; all of the lifecycle's when left out. */
  from?: ProfileState[]
  event: LifecycleEvent
  at: Date
  /** The order that is open from now on. */
  opens?: string
  /** Closes the open order with this outcome. */
  closeAs?: OrderOutcome
  /** To this EID (none yet, or this one), in place of exactly this binding. */
  delivery?: Delivery
  /** The binding that must still be the profile's: what an installation result tells of. */
  boundAs?: string
  /** The profile goes back to stock: which eUICC had asked for it no longer counts. */
  forgetDevice?: boolean
  /** Sequence number of the notification that told of the step. */
  runtimeSequence?: number
  /** The notification that told of the step: kept if and only if the profile moves. */
  notification?: NotificationRecord
  /** The RSP session that reached a step by this. */
  session?: { transactionId: string; step: string }
  timeline: ProfileEvent
}

/**
 * Moves a profile by compare-and-set on state and order, at a delivery on EID and binding too. Its order is closed, the binding
 * kept and the timeline written by the same statement. The only place that changes `profile.state`.
 * @returns the new state
 * @throws StaleState when the profile is no longer as the caller saw it; then nothing was changed
 */
export async function moveProfile(db: Queryable, move: Move): Promise<ProfileState> {
  const from = (move.from ?? PROFILE_STATES).filter(state => nextState(state, move.event))
  const targets = [...new Set(from.map(state => nextState(state, move.event)))]
  const [to] = targets
  if (!to || targets.length > 1) throw new Error(`${move.event} has ${targets.length} targets from ${move.from?.join(', ')}`)

  const { delivery } = move
  const p = new Parameters()
  const at = p.add(move.at, 'timestamptz')
  const orderId = p.add(move.orderId, 'uuid')
  const state = p.add(to, 'text')
  const set = [`state = ${state}`, `state_since = CASE WHEN state = ${state} THEN state_since ELSE ${at} END`]
  const where = [
    `iccid = ${p.add(move.iccid, 'text')}`,
    `state = ANY(${p.add(from, 'text[]')})`,
    `order_id IS NOT DISTINCT FROM ${orderId}`,
  ]
  if (move.boundAs) where.push(`binding_id = ${p.add(move.boundAs, 'uuid')}`)
  const more: string[] = []
  let bindingId: string | undefined

  if (move.opens) set.push(`order_id = ${p.add(move.opens, 'uuid')}`)
  if (move.closeAs) {
    set.push('order_id = NULL')
    more.push(`UPDATE download_order SET closed_at = ${at}, outcome = ${p.add(move.closeAs, 'text')} FROM moved WHERE id = ${orderId}`)
  }
  if (move.forgetDevice) set.push('eid = NULL, binding_id = NULL, runtime_state = NULL, runtime_since = NULL, runtime_sequence = NULL')
  if (move.runtimeSequence !== undefined)
    set.push(`runtime_sequence = greatest(runtime_sequence, ${p.add(move.runtimeSequence, 'bigint')})`)
  if (delivery) {
    const eid = p.add(delivery.eid, 'text')
    bindingId = p.add(delivery.bindingId, 'uuid')
    set.push(`eid = ${eid}`, `binding_id = ${bindingId}`)
    where.push(`(eid IS NULL OR eid = ${eid})`, `binding_id IS NOT DISTINCT FROM ${p.add(delivery.replaces, 'uuid')}`)
    more.push(`UPDATE download_order SET confirmation_attempts = 0 FROM moved WHERE id = ${orderId} AND confirmation_attempts > 0`)
    if (delivery.binding) {
      const { otPkDp, otPkEuicc, metadata, sealed, ciNumber, credential } = delivery.binding
      const octets = [otPkDp, otPkEuicc, metadata, sealed].map(value => p.add(value, 'bytea'))
      const numbers = [ciNumber, credential].map(value => p.add(value, 'smallint'))
      more.push(`INSERT INTO binding (id, order_id, eid, ot_pk_dp, ot_pk_euicc, metadata, sealed, ci_number, credential, created_at)
        SELECT ${[bindingId, orderId, eid, ...octets, ...numbers, at].join(', ')} FROM moved`)
    }
  }
  if (move.session) {
    const step = p.add(move.session.step, 'text')
    const binding = bindingId ? `, binding_id = ${bindingId}` : ''
    const transactionId = p.add(move.session.transactionId, 'text')
    more.push(`UPDATE rsp_session SET step = ${step}${binding} FROM moved WHERE transaction_id = ${transactionId}`)
  }
  if (move.notification) more.push(insertNotification(p, move.notification, 'FROM moved'))
  more.push(`INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${p.addEvent(eventValues(move.timeline))} FROM moved`)

  const text = `WITH moved AS (UPDATE profile SET ${set.join(', ')} WHERE ${where.join(' AND ')} RETURNING iccid),
    ${more.map((part, i) => `part${i} AS (${part})`).join(',\n    ')}
    SELECT count(*)::int AS moved FROM moved`
  const row = await one<{ moved: number }>(db, p.statement(`move-${move.event}`, text))
  if (row?.moved !== 1) throw new StaleState(move.iccid)
  return to
}
