import { type ProfileEvent as LifecycleEvent, nextState, PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { firstValues, type Queryable, type Statement } from './pool'
import { type Parameters, prepared, preparedShapes } from './prepared'
import { EVENT_COLUMNS, EVENT_PARAMETERS, EVENT_VALUES, type ProfileEvent, type WithTimeline } from './profile-events'

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
  /** The keys that make the same segments out of the same package again */
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
  /** What the caller has seen of order and type, perhaps a while ago: nothing is delivered unless it is so still. */
  seen: { confirmationCodeHash: Buffer | null; protection: 'session' | 'random' }
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

interface WithNotification {
  notification?: NotificationRecord | undefined
}

const NOTIFICATION_VALUES = {
  digest: ['bytea', ({ notification }) => notification?.digest],
  receivedAt: ['timestamptz', ({ notification }) => notification?.receivedAt],
  raw: ['bytea', ({ notification }) => notification?.raw],
  notificationEid: ['text', ({ notification }) => notification?.eid],
  notificationIccid: ['text', ({ notification }) => notification?.iccid],
  notificationTransactionId: ['text', ({ notification }) => notification?.transactionId],
  sequenceNumber: ['bigint', ({ notification }) => notification?.sequenceNumber],
  notificationEvent: ['text', ({ notification }) => notification?.event],
  verdict: ['text', ({ notification }) => notification?.verdict],
} satisfies Parameters<WithNotification>

/** @param source the FROM clause on which the notification depends, if any */
const insertNotification = (source = ''): string =>
  `INSERT INTO notification (digest, received_at, raw, eid, iccid, transaction_id, sequence_number, event, verdict)
    SELECT :digest, :receivedAt, :raw, :notificationEid, :notificationIccid, :notificationTransactionId, :sequenceNumber,
      :notificationEvent, :verdict ${source} ON CONFLICT DO NOTHING`

const KEEP_NOTIFICATION = prepared<WithNotification>('keep-notification', NOTIFICATION_VALUES, insertNotification())

/** Keeps a notification; false when it is there already. */
export const keepNotificationRow = async (db: Queryable, record: NotificationRecord): Promise<boolean> =>
  (await db.query(KEEP_NOTIFICATION({ notification: record }))).rowCount === 1

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

/** A package is given out: to this EID (none yet, or this one), in place of exactly this binding, while order and package are there. */
export interface DeliveryMove extends Move {
  orderId: string
  delivery: Delivery
  /** The session at whose request: it must be at one of the steps `from`, and not over `at` the time of the move. */
  session?: { transactionId: string; from: string[]; step: string }
}

/** A profile's package as the database keeps it. */
export interface StoredPackage {
  /** By the vault, identity `profile_package:<iccid>`: the package, or with a template the subscriber's values as JSON */
  sealed: Buffer
  templateId: string | null
}

/** What a statement that moves a profile is made of. */
interface MoveSource extends WithTimeline, WithNotification {
  move: Move
  delivery: Delivery | undefined
  from: ProfileState[]
  to: ProfileState
  session: { transactionId: string; from?: string[]; step: string } | undefined
}

const MOVE_VALUES = {
  iccid: ['text', ({ move }) => move.iccid],
  orderId: ['uuid', ({ move }) => move.orderId],
  from: ['text[]', ({ from }) => from],
  to: ['text', ({ to }) => to],
  at: ['timestamptz', ({ move }) => move.at],
  opens: ['uuid', ({ move }) => move.opens],
  closeAs: ['text', ({ move }) => move.closeAs],
  boundAs: ['uuid', ({ move }) => move.boundAs],
  runtimeSequence: ['bigint', ({ move }) => move.runtimeSequence],
  eid: ['text', ({ delivery }) => delivery?.eid],
  replaces: ['uuid', ({ delivery }) => delivery?.replaces],
  bindingId: ['uuid', ({ delivery }) => delivery?.bindingId],
  confirmationCodeHash: ['bytea', ({ delivery }) => delivery?.seen.confirmationCodeHash],
  protection: ['text', ({ delivery }) => delivery?.seen.protection],
  otPkDp: ['bytea', ({ delivery }) => delivery?.binding?.otPkDp],
  otPkEuicc: ['bytea', ({ delivery }) => delivery?.binding?.otPkEuicc],
  metadata: ['bytea', ({ delivery }) => delivery?.binding?.metadata],
  sealed: ['bytea', ({ delivery }) => delivery?.binding?.sealed],
  ciNumber: ['smallint', ({ delivery }) => delivery?.binding?.ciNumber],
  credential: ['smallint', ({ delivery }) => delivery?.binding?.credential],
  transactionId: ['text', ({ session }) => session?.transactionId],
  sessionFrom: ['text[]', ({ session }) => session?.from],
  sessionStep: ['text', ({ session }) => session?.step],
  ...NOTIFICATION_VALUES,
  ...EVENT_VALUES,
} satisfies Parameters<MoveSource>

const shapes = preparedShapes<MoveSource>(MOVE_VALUES)

/** A condition that only an open order fulfils; written so that the partial index of open orders does not look cheaper than the key. */
export const whileOpen = (order: string, condition: string): string => `CASE WHEN ${order}.closed_at IS NULL THEN ${condition} END`

/** Cheaper than a join with `moved`, whose rows would be carried along whole. */
const hasMoved = 'EXISTS (SELECT FROM moved)'

function moveText(move: Move, delivery: Delivery | undefined): string {
  const set = ['state = :to', 'state_since = CASE WHEN p.state = :to THEN p.state_since ELSE :at END']
  const where = ['p.iccid = :iccid', 'p.state = ANY(:from)', 'p.order_id IS NOT DISTINCT FROM :orderId']
  const beside: string[] = []
  const more: string[] = []
  if (move.boundAs) where.push('p.binding_id = :boundAs')
  if (move.opens) set.push('order_id = :opens')
  if (move.closeAs) {
    set.push('order_id = NULL')
    more.push(`UPDATE download_order SET closed_at = :at, outcome = :closeAs WHERE id = :orderId AND ${hasMoved}`)
  }
  if (move.forgetDevice) set.push('eid = NULL, binding_id = NULL, runtime_state = NULL, runtime_since = NULL, runtime_sequence = NULL')
  if (move.runtimeSequence !== undefined) {
    // What was told before this installation is of an earlier one on the same eUICC, and came late.
    const since = (column: string) => `${column} = CASE WHEN p.runtime_sequence > :runtimeSequence THEN p.${column} END`
    set.push(since('runtime_state'), since('runtime_since'), 'runtime_sequence = greatest(p.runtime_sequence, :runtimeSequence)')
  }
  if (delivery) {
    set.push('eid = :eid', 'binding_id = :bindingId')
    where.push('(p.eid IS NULL OR p.eid = :eid)', 'p.binding_id IS NOT DISTINCT FROM :replaces')
    beside.push('profile_package k', 'download_order o', 'profile_type t')
    const order = `(o.expires_at IS NULL OR o.expires_at > :at) AND (o.eid IS NULL OR o.eid = :eid)
      AND o.confirmation_code_hash IS NOT DISTINCT FROM :confirmationCodeHash`
    where.push('k.iccid = :iccid', 'o.id = :orderId', whileOpen('o', order), 't.id = p.type_id', 't.protection = :protection')
    if (delivery.seen.confirmationCodeHash)
      more.push(`UPDATE download_order SET confirmation_attempts = 0 WHERE id = :orderId AND confirmation_attempts > 0 AND ${hasMoved}`)
    if (delivery.binding)
      more.push(`INSERT INTO binding (id, order_id, eid, ot_pk_dp, ot_pk_euicc, metadata, sealed, ci_number, credential, created_at)
        SELECT :bindingId, :orderId, :eid, :otPkDp, :otPkEuicc, :metadata, :sealed, :ciNumber, :credential, :at FROM moved`)
    if (move.session) {
      beside.push('rsp_session s')
      where.push('s.transaction_id = :transactionId', 's.step = ANY(:sessionFrom)', 's.expires_at > :at')
      // A cancel that comes between our look and our step stands.
      more.push(`UPDATE rsp_session SET step = CASE WHEN step = ANY(:sessionFrom) THEN :sessionStep ELSE step END, binding_id = :bindingId
        WHERE transaction_id = :transactionId AND ${hasMoved}`)
    }
  } else if (move.session) more.push(`UPDATE rsp_session SET step = :sessionStep WHERE transaction_id = :transactionId AND ${hasMoved}`)
  if (move.notification) more.push(insertNotification('FROM moved'))

  const from = beside.length > 0 ? `FROM ${beside.join(', ')}` : ''
  return `WITH moved AS (
      UPDATE profile p SET ${set.join(', ')} ${from} WHERE ${where.join(' AND ')} RETURNING ${delivery ? 'k.sealed, k.template_id' : 'p.iccid'})
    ${more.map((part, i) => `, part${i} AS (${part})`).join('\n    ')}
    INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${EVENT_PARAMETERS} FROM moved ${delivery ? 'RETURNING (SELECT sealed FROM moved), (SELECT template_id FROM moved)' : ''}`
}

function moveStatement(move: Move, to: ProfileState, from: ProfileState[], delivery?: Delivery): Statement {
  const { session, notification } = move
  const shape = [
    delivery && (delivery.binding ? 'new binding' : 'same binding'),
    delivery?.seen.confirmationCodeHash && 'code',
    move.boundAs && 'bound',
    move.opens && 'opens',
    move.closeAs && 'closes',
    move.forgetDevice && 'forgets',
    move.runtimeSequence !== undefined && 'sequence',
    session && 'session',
    notification && 'notification',
  ].join()
  const statement = shapes(delivery ? 'deliver' : 'move', shape, () => moveText(move, delivery))
  return statement({ move, delivery, from, to, session, notification, timeline: move.timeline })
}

/** The states that the caller allows and the lifecycle has, and the one to which they lead. */
function stepOf(move: Move): { from: ProfileState[]; to: ProfileState } {
  const from = (move.from ?? PROFILE_STATES).filter(state => nextState(state, move.event))
  const targets = [...new Set(from.map(state => nextState(state, move.event)))]
  const [to] = targets
  if (!to || targets.length > 1) throw new Error(`${move.event} has ${targets.length} targets from ${move.from?.join(', ')}`)
  return { from, to }
}

/**
 * Moves a profile by compare-and-set on state and order. Its order is closed and the timeline written by the same statement. This,
 * `deliverProfile`, for many at once `moveProfiles` and `moveOrdered`, and `bindOrder` for linking, are the only
 * places that change `profile.state`.
 * @returns the new state
 * @throws StaleState when the profile is no longer as the caller saw it; then nothing was changed
 */
export async function moveProfile(db: Queryable, move: Move): Promise<ProfileState> {
  const { from, to } = stepOf(move)
  const { rowCount } = await db.query(moveStatement(move, to, from))
  if (rowCount !== 1) throw new StaleState(move.iccid)
  return to
}

/**
 * Gives a profile out: compare-and-set on everything that may have changed since the caller looked, perhaps long ago, and in the same
 * statement the binding, the step of the session and the timeline.
 * @returns the package that is to be bound
 * @throws StaleState when something is no longer as the caller saw it, or the package is gone; then nothing was changed
 */
export async function deliverProfile(db: Queryable, move: DeliveryMove): Promise<StoredPackage> {
  const { from, to } = stepOf(move)
  const row = await firstValues(db, moveStatement(move, to, from, move.delivery))
  if (!row) throw new StaleState(move.iccid)
  return { sealed: row[0] as Buffer, templateId: row[1] as string | null }
}
