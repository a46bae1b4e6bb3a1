import type { ProfileState } from '@/lib/rsp/lifecycle'
import {
  type DownloadOrder,
  type NewSession,
  ORDER,
  ORDER_TABLES,
  SESSION,
  SESSION_ORDER,
  type SessionOrder,
  type SessionStep,
  type StoredSession,
} from './es9-rows'
import {
  type DeliveryMove,
  deliverProfile,
  keepNotificationRow,
  type Move,
  moveProfile,
  type NotificationRecord,
  StaleState,
  type StoredPackage,
  whileOpen,
} from './move-profile'
import { type Database, firstValues, one, type Queryable, transaction } from './pool'
import { prepared } from './prepared'
import { addEvent, EVENT_COLUMNS, EVENT_PARAMETERS, EVENT_VALUES, type ProfileEvent, type WithTimeline } from './profile-events'

export interface RuntimeUpdate {
  iccid: string
  eid: string
  state: 'Enabled' | 'Disabled' | 'Deleted'
  sequenceNumber: number
  at: Date
}

/** What a notification changes, decided before; all of it in one transaction with the record, once. */
export interface NotificationEffect {
  record: NotificationRecord
  /** Nobody waits for it: it concerns no profile of ours, or comes too late. It counts against its sender. */
  unwanted?: boolean
  move?: Move | undefined
  runtime?: RuntimeUpdate | undefined
  /** Written when neither `move` nor `runtime` brought the timeline further. */
  timeline?: ProfileEvent | undefined
  session?: { transactionId: string; step: SessionStep } | undefined
}

export type OrderKey = { matchingId: string } | { eid: string; at: Date }

export interface SessionAndOrder {
  session: StoredSession
  order: SessionOrder | undefined
  /** Whether the order's package is in the store */
  hasPackage: boolean
}

/** Where ES9+ keeps what must survive. One call is one statement or one short transaction. */
export interface Es9Store {
  /**
   * The order of this MatchingID, an open one before a closed one; without MatchingID the default order of this EID, the oldest of
   * those that can be had `at` this time.
   */
  findOrder(key: OrderKey): Promise<DownloadOrder | undefined>
  /** Begins a session of a proved eUICC and counts the attempt. `duplicate`: the transactionId was used before; `limit`: no attempt is left. */
  openSession(
    session: NewSession,
    timeline: ProfileEvent,
  ): Promise<{ result: 'opened'; attempt: number } | { result: 'duplicate' | 'limit' }>
  /** Keeps a refusal of a proved eUICC; false when the transactionId was used before. */
  keepRefusal(session: NewSession, timeline: ProfileEvent): Promise<boolean>
  session(transactionId: string): Promise<SessionAndOrder | undefined>
  /** Counts an attempt before the code is compared; undefined when none is left. */
  countConfirmationAttempt(orderId: string): Promise<{ attempt: number; limit: number } | undefined>
  /** @throws StaleState when the profile is no longer as the caller saw it; then nothing was changed */
  move(move: Move): Promise<ProfileState>
  /**
   * Gives a profile out and answers its package, kept with all that belongs to it before this returns.
   * @throws StaleState when anything that the delivery takes for granted is no longer so, or the package is gone; then nothing was changed
   */
  deliver(move: DeliveryMove): Promise<StoredPackage>
  /** A step of the session and the timeline, where the profile stays as it is. */
  note(timeline: ProfileEvent, session?: { transactionId: string; step: SessionStep }): Promise<void>
  /** The profile that a notification of an installed profile speaks of. */
  installedProfile(
    iccid: string,
  ): Promise<{ eid: string | null; live: boolean; state: ProfileState; runtimeSequence: number | null } | undefined>
  /** False when this very notification was kept before: then nothing was changed. */
  keepNotification(effect: NotificationEffect): Promise<boolean>
}

type NewSessionEvent = WithTimeline & { session: NewSession }

const SESSION_VALUES = {
  transactionId: ['text', ({ session }) => session.transactionId],
  createdAt: ['timestamptz', ({ session }) => session.createdAt],
  expiresAt: ['timestamptz', ({ session }) => session.expiresAt],
  eid: ['text', ({ session }) => session.eid],
  iccid: ['text', ({ session }) => session.iccid],
  orderId: ['uuid', ({ session }) => session.orderId],
  ciNumber: ['smallint', ({ session }) => session.ciNumber],
  authCredential: ['smallint', ({ session }) => session.authCredential],
  pbCredential: ['smallint', ({ session }) => session.pbCredential],
  euiccPublicKey: ['bytea', ({ session }) => session.euiccPublicKey],
  euiccCurve: ['text', ({ session }) => session.euiccCurve],
  requestHash: ['bytea', ({ session }) => session.requestHash],
  smdpSigned2: ['bytea', ({ session }) => session.smdpSigned2],
  smdpSignature2: ['bytea', ({ session }) => session.smdpSignature2],
  metadata: ['bytea', ({ session }) => session.metadata],
  step: ['text', ({ session }) => session.step],
} satisfies Record<keyof NewSession, readonly [string, (source: NewSessionEvent) => unknown]>

const INSERT_SESSION = `INSERT INTO rsp_session (transaction_id, created_at, expires_at, eid, iccid, order_id, ci_number, auth_credential,
    pb_credential, euicc_public_key, euicc_curve, request_hash, smdp_signed2, smdp_signature2, metadata, step)
  VALUES (${Object.keys(SESSION_VALUES)
    .map(name => `:${name}`)
    .join(', ')}) ON CONFLICT DO NOTHING RETURNING transaction_id`

const ORDER_BY_MATCHING_ID = {
  name: 'order-by-matching-id',
  text: `SELECT ${ORDER.list} FROM ${ORDER_TABLES} WHERE o.matching_id = $1
    ORDER BY (o.closed_at IS NULL) DESC, o.created_at DESC LIMIT 1`,
}
const ORDER_BY_EID = {
  name: 'order-by-eid',
  text: `SELECT ${ORDER.list} FROM ${ORDER_TABLES} WHERE o.eid = $1 AND o.matching_id = '' AND o.closed_at IS NULL
    ORDER BY (p.state IN ('Released', 'Downloaded') AND (o.expires_at IS NULL OR o.expires_at > $2)) DESC, o.created_at LIMIT 1`,
}

async function findOrder(db: Queryable, key: OrderKey): Promise<DownloadOrder | undefined> {
  const row = await firstValues(
    db,
    'matchingId' in key ? { ...ORDER_BY_MATCHING_ID, values: [key.matchingId] } : { ...ORDER_BY_EID, values: [key.eid, key.at] },
  )
  return row && ORDER.read(row, 0)
}

const OPEN_SESSION = prepared<NewSessionEvent>(
  'open-session',
  { ...SESSION_VALUES, ...EVENT_VALUES },
  `WITH session AS (${INSERT_SESSION}),
    attempt AS (
      UPDATE download_order o SET download_attempts = o.download_attempts + 1 FROM session
      WHERE o.id = :orderId AND ${whileOpen('o', 'o.download_attempts < o.download_limit')}
      RETURNING o.download_attempts, o.download_limit),
    event AS (
      INSERT INTO profile_event (${EVENT_COLUMNS})
      SELECT ${EVENT_PARAMETERS} || jsonb_build_object('attempt', download_attempts, 'attemptLimit', download_limit) FROM attempt)
    SELECT (SELECT download_attempts FROM attempt) FROM session`,
)

async function openSession(db: Queryable, session: NewSession, timeline: ProfileEvent) {
  const row = await firstValues(db, OPEN_SESSION({ session, timeline }))
  if (!row) return { result: 'duplicate' as const }
  return row[0] === null ? { result: 'limit' as const } : { result: 'opened' as const, attempt: row[0] as number }
}

const KEEP_REFUSAL = prepared<NewSessionEvent>(
  'keep-refusal',
  { ...SESSION_VALUES, ...EVENT_VALUES },
  `WITH session AS (${INSERT_SESSION}) INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${EVENT_PARAMETERS} FROM session`,
)

const keepRefusal = async (db: Queryable, session: NewSession, timeline: ProfileEvent): Promise<boolean> =>
  (await db.query(KEEP_REFUSAL({ session, timeline }))).rowCount === 1

const SESSION_BY_ID = {
  name: 'session',
  text: `SELECT ${SESSION.list}, ${SESSION_ORDER.list}, EXISTS (SELECT FROM profile_package k WHERE k.iccid = s.iccid)
    FROM rsp_session s LEFT JOIN (${ORDER_TABLES}) ON o.id = s.order_id
    WHERE s.transaction_id = $1`,
}

async function readSession(db: Queryable, transactionId: string): Promise<SessionAndOrder | undefined> {
  const row = await firstValues(db, { ...SESSION_BY_ID, values: [transactionId] })
  if (!row) return undefined
  const hasPackage = row[SESSION.count + SESSION_ORDER.count] === true
  return { session: SESSION.read(row, 0), order: SESSION_ORDER.read(row, SESSION.count), hasPackage }
}

const NOTE = prepared<WithTimeline & { transactionId: string; step: SessionStep }>(
  'note',
  { ...EVENT_VALUES, transactionId: 'text', step: 'text' },
  `WITH session AS (UPDATE rsp_session SET step = :step WHERE transaction_id = :transactionId)
    INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${EVENT_PARAMETERS}`,
)

async function note(db: Queryable, timeline: ProfileEvent, session?: { transactionId: string; step: SessionStep }): Promise<void> {
  if (!session) return addEvent(db, timeline)
  await db.query(NOTE({ timeline, ...session }))
}

async function updateRuntime(db: Queryable, update: RuntimeUpdate): Promise<boolean> {
  const result = await db.query({
    name: 'update-runtime',
    text: `UPDATE profile SET runtime_state = $3, runtime_since = $4, runtime_sequence = $5
      WHERE iccid = $1 AND eid = $2 AND (runtime_sequence IS NULL OR runtime_sequence < $5)`,
    values: [update.iccid, update.eid, update.state, update.at, update.sequenceNumber],
  })
  return result.rowCount === 1
}

async function keepNotification(db: Database, { record, move, runtime, timeline, session }: NotificationEffect): Promise<boolean> {
  // A second copy of the same notification finds the profile moved on, and is judged again.
  if (move) return moveProfile(db.lanes, { ...move, notification: record }).then(() => true)
  return transaction(db, async tx => {
    if (!(await keepNotificationRow(tx, record))) return false
    if (runtime && !(await updateRuntime(tx, runtime))) throw new StaleState(runtime.iccid)
    if (timeline) await note(tx, timeline, session)
    return true
  })
}

/** The store on PostgreSQL. */
export const es9Store = (db: Database): Es9Store => ({
  findOrder: key => findOrder(db.lanes, key),
  openSession: (session, timeline) => openSession(db.lanes, session, timeline),
  keepRefusal: (session, timeline) => keepRefusal(db.lanes, session, timeline),
  session: transactionId => readSession(db.lanes, transactionId),
  countConfirmationAttempt: orderId =>
    one<{ attempt: number; limit: number }>(db, {
      name: 'count-confirmation-attempt',
      text: `UPDATE download_order o SET confirmation_attempts = confirmation_attempts + 1
        WHERE id = $1 AND ${whileOpen('o', 'confirmation_attempts < confirmation_limit')}
        RETURNING confirmation_attempts AS attempt, confirmation_limit AS "limit"`,
      values: [orderId],
    }),
  move: move => moveProfile(db.lanes, move),
  deliver: move => deliverProfile(db.lanes, move),
  note: (timeline, session) => note(db.lanes, timeline, session),
  installedProfile: async iccid => {
    const row = await one<{ eid: string | null; live: boolean; state: ProfileState; sequence: string | null }>(db, {
      name: 'installed-profile',
      text: `SELECT p.eid, t.live, p.state, p.runtime_sequence AS sequence FROM profile p JOIN profile_type t ON t.id = p.type_id WHERE p.iccid = $1`,
      values: [iccid],
    })
    return row && { eid: row.eid, live: row.live, state: row.state, runtimeSequence: row.sequence === null ? null : Number(row.sequence) }
  },
  keepNotification: effect => keepNotification(db, effect),
})
