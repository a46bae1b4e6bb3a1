import type { Database, Queryable, Transaction } from '@/lib/db/pool'

/** A message as it is made. */
export interface NewMessage {
  endpointId: string
  /** Of the timeline; null: a test */
  eventId: string | null
  iccid: string
  name: string
  functionCallIdentifier: string
  body: object
}

/** Adds messages in the order given. Those of an event that were made before stay as they are. @returns how many are new */
export async function insertMessages(tx: Transaction, messages: readonly NewMessage[], at: Date): Promise<number> {
  if (messages.length === 0) return 0
  const column = <Value>(of: (message: NewMessage) => Value) => messages.map(of)
  const { rowCount } = await tx.query({
    name: 'messages-add',
    text: `INSERT INTO message (endpoint_id, event_id, iccid, name, function_call_identifier, body, next_try_at, created_at)
      SELECT endpoint_id, event_id, iccid, name, call, body, $7, $7
      FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::jsonb[]) WITH ORDINALITY
        AS m (endpoint_id, event_id, iccid, name, call, body, place)
      ORDER BY place ON CONFLICT DO NOTHING`,
    values: [
      column(({ endpointId }) => endpointId),
      column(({ eventId }) => eventId),
      column(({ iccid }) => iccid),
      column(({ name }) => name),
      column(({ functionCallIdentifier }) => functionCallIdentifier),
      column(({ body }) => JSON.stringify(body)),
      at,
    ],
  })
  return rowCount ?? 0
}

/** A message on its way. */
export interface DueMessage {
  id: string
  iccid: string
  name: string
  functionCallIdentifier: string
  body: object
  attempts: number
  createdAt: Date
}

/*
 * Rows are compared as a whole so that only an index by endpoint will do, of which the one of waiting messages is the cheapest: after an outage the planner
 * takes nearly all messages for waiting, and would go through those of three months by their numbers.
 */
const OF_ENDPOINT = `(m.endpoint_id, m.id) >= ($1::uuid, 0) AND (m.endpoint_id, m.id) <= ($1::uuid, 9223372036854775807)`

/**
 * What may be sent to an endpoint now: of each profile its oldest waiting message alone, so that no later one passes it; nothing while the endpoint is
 * paused or removed.
 * @param more.not profiles of which one is on its way
 */
export const dueMessages = async (
  db: Queryable,
  endpointId: string,
  more: { now: Date; not: readonly string[]; limit: number },
): Promise<DueMessage[]> =>
  (
    await db.query<DueMessage & Record<string, unknown>>({
      name: 'messages-due',
      text: `SELECT m.id::text AS id, m.iccid, m.name, m.function_call_identifier AS "functionCallIdentifier", m.body, m.attempts,
          m.created_at AS "createdAt"
        FROM message m
        WHERE ${OF_ENDPOINT} AND m.state = 'waiting' AND m.next_try_at <= $2 AND m.iccid <> ALL($3::text[])
          AND EXISTS (SELECT FROM endpoint e WHERE e.id = $1 AND e.removed_at IS NULL AND e.paused_at IS NULL)
          AND NOT EXISTS (SELECT FROM message b WHERE b.endpoint_id = $1 AND b.iccid = m.iccid AND b.state = 'waiting' AND b.id < m.id)
        ORDER BY m.endpoint_id, m.id LIMIT $4`,
      values: [endpointId, more.now, more.not, more.limit],
    })
  ).rows

/** What became of a try. */
export interface Tried {
  at: Date
  /** HTTP status; null: no answer */
  answerStatus: number | null
  durationMs: number
}

export async function messageSent(db: Queryable, id: string, { at, answerStatus, durationMs }: Tried): Promise<void> {
  await db.query({
    name: 'message-sent',
    text: `UPDATE message SET state = 'sent', attempts = attempts + 1, sent_at = $2, answer_status = $3, duration_ms = $4, failure = NULL
      WHERE id = $1::bigint AND state = 'waiting'`,
    values: [id, at, answerStatus, durationMs],
  })
}

/** @param more.nextTryAt null: it is given up */
export async function messageFailed(
  db: Queryable,
  id: string,
  { answerStatus, durationMs, failure, nextTryAt }: Tried & { failure: string; nextTryAt: Date | null },
): Promise<void> {
  await db.query({
    name: 'message-failed',
    text: `UPDATE message SET state = CASE WHEN $2::timestamptz IS NULL THEN 'dead' ELSE 'waiting' END, next_try_at = coalesce($2, next_try_at),
        attempts = attempts + 1, answer_status = $3, duration_ms = $4, failure = $5
      WHERE id = $1::bigint AND state = 'waiting'`,
    values: [id, nextTryAt, answerStatus, durationMs, failure],
  })
}

/** The endpoint is back: what got no answer meanwhile need not wait any longer. */
export async function tryUnansweredNow(db: Queryable, endpointId: string, now: Date): Promise<void> {
  await db.query({
    name: 'messages-try-unanswered',
    text: `UPDATE message SET next_try_at = $2 WHERE endpoint_id = $1 AND state = 'waiting' AND next_try_at > $2
      AND (answer_status IS NULL OR answer_status IN (429, 502, 503, 504))`,
    values: [endpointId, now],
  })
}

/** Gives up what has waited since before a moment, unless somebody has asked for it again. @returns how many */
export async function giveUpOld(
  db: Queryable,
  endpointId: string,
  { before, failure }: { before: Date; failure: string },
): Promise<number> {
  const { rowCount } = await db.query({
    text: `UPDATE message SET state = 'dead', failure = coalesce(failure, $3)
      WHERE endpoint_id = $1 AND state = 'waiting' AND created_at < $2 AND replayed_by IS NULL`,
    values: [endpointId, before, failure],
  })
  return rowCount ?? 0
}

/** Gives up what waits for endpoints that are removed. */
export async function giveUpRemoved(db: Queryable, failure: string): Promise<number> {
  const { rowCount } = await db.query({
    text: `UPDATE message m SET state = 'dead', failure = $1 FROM endpoint e
      WHERE e.removed_at IS NOT NULL AND m.endpoint_id = e.id AND m.state = 'waiting'`,
    values: [failure],
  })
  return rowCount ?? 0
}

/** Which messages are told again. */
export type Replayed = { ids: readonly string[] } | { deadOf: string }

/** Lets messages be sent (again) from now on, each in its place; of removed endpoints none. @returns how many, by endpoint */
export const reviveMessages = async (
  tx: Transaction,
  what: Replayed,
  by: { at: Date; name: string },
): Promise<{ endpointId: string; name: string; count: number }[]> =>
  (
    await tx.query<{ endpointId: string; name: string; count: number }>({
      text: `WITH revived AS (
          UPDATE message m SET state = 'waiting', attempts = 0, next_try_at = $1, replayed_by = $2 FROM endpoint e
          WHERE e.id = m.endpoint_id AND e.removed_at IS NULL
            AND ${'ids' in what ? 'm.id = ANY($3::bigint[])' : `m.endpoint_id = $3::uuid AND m.state = 'dead'`}
          RETURNING m.endpoint_id)
        SELECT e.id AS "endpointId", e.name, count(*)::int AS count FROM revived r JOIN endpoint e ON e.id = r.endpoint_id
        GROUP BY e.id ORDER BY lower(e.name), e.id`,
      values: [by.at, by.name, 'ids' in what ? what.ids : what.deadOf],
    })
  ).rows

/** A message in a list. */
export interface MessageRow {
  id: string
  endpointId: string
  endpoint: string
  kind: 'es2plus' | 'webhook'
  iccid: string
  name: string
  state: 'waiting' | 'sent' | 'dead'
  attempts: number
  createdAt: Date
  nextTryAt: Date
  sentAt: Date | null
  answerStatus: number | null
  failure: string | null
}

export interface MessageFilters {
  state?: MessageRow['state'] | undefined
  /** Name of its partner or webhook */
  endpoint?: string | undefined
  iccid?: string | undefined
  limit: number
}

/** As words of the statement, since an index of one state does not serve a parameter. */
const IN_STATE: Record<MessageRow['state'], string> = { waiting: `m.state = 'waiting'`, sent: `m.state = 'sent'`, dead: `m.state = 'dead'` }

/** Newest first. */
export const readMessages = async (db: Queryable, { state, endpoint, iccid, limit }: MessageFilters): Promise<MessageRow[]> =>
  (
    await db.query<MessageRow & Record<string, unknown>>({
      text: `SELECT m.id::text AS id, m.endpoint_id AS "endpointId", e.name AS endpoint, e.kind, m.iccid, m.name, m.state, m.attempts,
          m.created_at AS "createdAt", m.next_try_at AS "nextTryAt", m.sent_at AS "sentAt", m.answer_status AS "answerStatus", m.failure
        FROM message m JOIN endpoint e ON e.id = m.endpoint_id
        WHERE ${state ? IN_STATE[state] : 'true'} AND ($1::text IS NULL OR lower(e.name) = lower($1)) AND ($2::text IS NULL OR m.iccid = $2)
        ORDER BY m.id DESC LIMIT $3`,
      values: [endpoint ?? null, iccid ?? null, limit],
    })
  ).rows

const perDelete = 10_000

const OLD = { message: 'created_at', es2_call: 'at' } as const

/** Removes messages, or calls of partners, from before a moment. @returns how many */
export async function removeOldTraffic(db: Queryable, table: keyof typeof OLD, before: Date): Promise<number> {
  const column = OLD[table]
  const portion = {
    text: `DELETE FROM ${table} WHERE id = ANY(ARRAY(SELECT id FROM ${table} WHERE ${column} < $1 ORDER BY ${column} LIMIT $2))`,
    values: [before, perDelete],
  }
  let removed = 0
  for (let last = perDelete; last === perDelete; removed += last) last = (await db.query(portion)).rowCount ?? 0
  return removed
}

// With a hash of the endpoint's id as second number.
const delivererLock = 727_073_706

/**
 * Does work that only one process of all may do for an endpoint at a time: by a lock of a connection, which ends with it, so that nobody waits for a
 * process that was killed. `signal` goes off when the connection breaks, as somebody else may hold the lock from then on.
 * @returns false when somebody else does it
 */
export async function asOnlyDeliverer(db: Database, endpointId: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const client = await db.pool.connect()
  const broken = new AbortController()
  const onBroken = () => broken.abort()
  client.once('error', onBroken)
  client.once('end', onBroken)
  let failed = true
  try {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1::int, hashtext($2)) AS held', [
      delivererLock,
      endpointId,
    ])
    const held = rows[0]?.held ?? false
    if (held) {
      await work(broken.signal)
      await client.query('SELECT pg_advisory_unlock($1::int, hashtext($2))', [delivererLock, endpointId])
    }
    failed = false
    return held
  } finally {
    client.off('error', onBroken)
    client.off('end', onBroken)
    // One that may still hold the lock is closed, not given back.
    client.release(failed)
  }
}
