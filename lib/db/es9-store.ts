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
import { insertNotification, type Move, moveProfile, type NotificationRecord, StaleState } from './move-profile'
import { Parameters } from './parameters'
import { type Database, firstValues, one, type Queryable, transaction } from './pool'
import { addEvent, EVENT_COLUMNS, eventValues, type ProfileEvent } from './profile-events'

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
  sealedPackage: Buffer | undefined
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
  /** `toBind`: with the sealed package, unless it is bound already. */
  session(transactionId: string, toBind?: boolean): Promise<SessionAndOrder | undefined>
  /** The sealed package (identity `profile_package:<iccid>`) or segments (identity `binding:<id>`). */
  sealedPackage(iccid: string): Promise<Buffer | undefined>
  sealedSegments(bindingId: string): Promise<Buffer | undefined>
  /** Counts an attempt before the code is compared; undefined when none is left. */
  countConfirmationAttempt(orderId: string): Promise<{ attempt: number; limit: number } | undefined>
  move(move: Move): Promise<ProfileState>
  /** A step of the session and the timeline, where the profile stays as it is. */
  note(timeline: ProfileEvent, session?: { transactionId: string; step: SessionStep }): Promise<void>
  /** The profile that a notification of an installed profile speaks of. */
  installedProfile(
    iccid: string,
  ): Promise<{ eid: string | null; live: boolean; state: ProfileState; runtimeSequence: number | null } | undefined>
  /** False when this very notification was kept before: then nothing was changed. */
  keepNotification(effect: NotificationEffect): Promise<boolean>
}

const insertSession = (session: NewSession, p: Parameters): string => {
  const columns: [string, unknown, string][] = [
    ['transaction_id', session.transactionId, 'text'],
    ['created_at', session.createdAt, 'timestamptz'],
    ['expires_at', session.expiresAt, 'timestamptz'],
    ['eid', session.eid, 'text'],
    ['iccid', session.iccid, 'text'],
    ['order_id', session.orderId, 'uuid'],
    ['ci_number', session.ciNumber, 'smallint'],
    ['auth_credential', session.authCredential, 'smallint'],
    ['pb_credential', session.pbCredential, 'smallint'],
    ['euicc_public_key', session.euiccPublicKey, 'bytea'],
    ['euicc_curve', session.euiccCurve, 'text'],
    ['request_hash', session.requestHash, 'bytea'],
    ['smdp_signed2', session.smdpSigned2, 'bytea'],
    ['smdp_signature2', session.smdpSignature2, 'bytea'],
    ['metadata', session.metadata, 'bytea'],
    ['step', session.step, 'text'],
  ]
  const values = columns.map(([, value, type]) => p.add(value, type))
  return `INSERT INTO rsp_session (${columns.map(([name]) => name).join(', ')}) VALUES (${values.join(', ')})
    ON CONFLICT DO NOTHING RETURNING transaction_id`
}

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

/**
 * A condition on an open order that is found by its id. Written plainly, a planner without statistics prefers the partial index of open
 * orders, all of which it then reads.
 */
const whileOpen = (condition: string): string => `CASE WHEN closed_at IS NULL THEN ${condition} END`

async function openSession(db: Queryable, session: NewSession, timeline: ProfileEvent) {
  const p = new Parameters()
  const text = `WITH session AS (${insertSession(session, p)}),
    attempt AS (
      UPDATE download_order SET download_attempts = download_attempts + 1 FROM session
      WHERE id = ${p.add(session.orderId, 'uuid')} AND ${whileOpen('download_attempts < download_limit')}
      RETURNING download_attempts, download_limit),
    event AS (
      INSERT INTO profile_event (${EVENT_COLUMNS})
      SELECT ${EVENT_COLUMNS.replace('data', `data || jsonb_build_object('attempt', download_attempts, 'attemptLimit', download_limit)`)}
      FROM (SELECT ${p.addEvent(eventValues(timeline))}) AS row (${EVENT_COLUMNS}), attempt)
    SELECT (SELECT count(*)::int FROM session) AS sessions, (SELECT download_attempts FROM attempt) AS attempt`
  const row = await one<{ sessions: number; attempt: number | null }>(db, p.statement('open-session', text))
  if (row?.sessions !== 1) return { result: 'duplicate' as const }
  return row.attempt === null ? { result: 'limit' as const } : { result: 'opened' as const, attempt: row.attempt }
}

async function keepRefusal(db: Queryable, session: NewSession, timeline: ProfileEvent): Promise<boolean> {
  const p = new Parameters()
  const text = `WITH session AS (${insertSession(session, p)}),
    event AS (INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${p.addEvent(eventValues(timeline))} FROM session)
    SELECT count(*)::int AS sessions FROM session`
  const row = await one<{ sessions: number }>(db, p.statement('keep-refusal', text))
  return row?.sessions === 1
}

const SESSION_TABLES = `rsp_session s LEFT JOIN (${ORDER_TABLES}) ON o.id = s.order_id`
const SESSION_BY_ID = {
  name: 'session',
  text: `SELECT ${SESSION.list}, ${SESSION_ORDER.list} FROM ${SESSION_TABLES} WHERE s.transaction_id = $1`,
}
/** The package too, where it is not bound yet. */
const SESSION_TO_BIND = {
  name: 'session-to-bind',
  text: `SELECT ${SESSION.list}, ${SESSION_ORDER.list}, k.sealed FROM ${SESSION_TABLES}
    LEFT JOIN profile_package k ON k.iccid = s.iccid AND b.id IS NULL WHERE s.transaction_id = $1`,
}

async function readSession(db: Queryable, transactionId: string, toBind = false): Promise<SessionAndOrder | undefined> {
  const row = await firstValues(db, { ...(toBind ? SESSION_TO_BIND : SESSION_BY_ID), values: [transactionId] })
  if (!row) return undefined
  const sealedPackage = row[SESSION.count + SESSION_ORDER.count] as Buffer | null | undefined
  return { session: SESSION.read(row, 0), order: SESSION_ORDER.read(row, SESSION.count), sealedPackage: sealedPackage ?? undefined }
}

async function note(db: Queryable, timeline: ProfileEvent, session?: { transactionId: string; step: SessionStep }): Promise<void> {
  if (!session) return addEvent(db, timeline)
  const p = new Parameters()
  const text = `WITH session AS (
      UPDATE rsp_session SET step = ${p.add(session.step, 'text')} WHERE transaction_id = ${p.add(session.transactionId, 'text')})
    INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${p.addEvent(eventValues(timeline))}`
  await db.query(p.statement('note', text))
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
  if (move) return moveProfile(db, { ...move, notification: record }).then(() => true)
  return transaction(db, async tx => {
    const p = new Parameters()
    const kept = await tx.query(p.statement('keep-notification', insertNotification(p, record)))
    if (kept.rowCount !== 1) return false
    if (runtime && !(await updateRuntime(tx, runtime))) throw new StaleState(runtime.iccid)
    if (timeline) await note(tx, timeline, session)
    return true
  })
}

/** The store on PostgreSQL. */
export const es9Store = (db: Database): Es9Store => ({
  findOrder: key => findOrder(db, key),
  openSession: (session, timeline) => openSession(db, session, timeline),
  keepRefusal: (session, timeline) => keepRefusal(db, session, timeline),
  session: (transactionId, toBind) => readSession(db, transactionId, toBind),
  sealedPackage: async iccid =>
    (await one<{ sealed: Buffer }>(db, { name: 'package', text: 'SELECT sealed FROM profile_package WHERE iccid = $1', values: [iccid] }))
      ?.sealed,
  sealedSegments: async id =>
    (await one<{ sealed: Buffer }>(db, { name: 'segments', text: 'SELECT sealed FROM binding WHERE id = $1', values: [id] }))?.sealed,
  countConfirmationAttempt: orderId =>
    one<{ attempt: number; limit: number }>(db, {
      name: 'count-confirmation-attempt',
      text: `UPDATE download_order SET confirmation_attempts = confirmation_attempts + 1
        WHERE id = $1 AND ${whileOpen('confirmation_attempts < confirmation_limit')}
        RETURNING confirmation_attempts AS attempt, confirmation_limit AS "limit"`,
      values: [orderId],
    }),
  move: move => moveProfile(db, move),
  note: (timeline, session) => note(db, timeline, session),
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
