import { type Database, one, type Queryable } from './pool'

const sweepLock = 7_270_737_004

/** Kinds of rows that the sweeper removes. */
export const SWEPT = [
  'bindings',
  'boundSessions',
  'otherSessions',
  'idleNotifications',
  'strayEvents',
  'signInFailures',
  'oneTimeLinks',
  'accountSessions',
] as const
export type Swept = (typeof SWEPT)[number]

/** Up to where the rows of a kind have been swept, by the moment that decides over them. */
export type SweepMarks = Partial<Record<Swept, Date>>

export interface LastSweep {
  finishedAt: Date
  durationMs: number
  removed: Record<Swept, number>
}

/**
 * Runs `work` on a connection that holds the sweeper's lock; undefined when another instance holds it. The lock ends with its
 * connection, so nobody who dies takes it along.
 */
export async function whileSweeping<T>(db: Database, work: (connection: Queryable) => Promise<T>): Promise<T | undefined> {
  const client = await db.pool.connect()
  let broken = true
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [sweepLock])
    if (!rows[0]?.locked) {
      broken = false
      return undefined
    }
    const result = await work({ query: query => client.query(query) })
    await client.query('SELECT pg_advisory_unlock($1)', [sweepLock])
    broken = false
    return result
  } finally {
    client.release(broken)
  }
}

/** A batch of rows by the moment that decides over them, from the oldest on. */
export interface Batch {
  /** Included */
  from: Date
  /** Excluded */
  to: Date
  rows: number
}

/** How many rows went, and the moment of the last one. */
export interface Removed {
  removed: number
  reached: Date | null
}

/** Each is one short statement that passes over rows which somebody holds. */
const BATCHES: Record<Swept, string> = {
  // The segments of a package that was given out: nobody may ask for them again once the order has closed.
  bindings: `WITH page AS (
      SELECT b.id, o.closed_at AS at FROM download_order o JOIN binding b ON b.order_id = o.id
      WHERE o.closed_at >= $1 AND o.closed_at < $2 ORDER BY o.closed_at LIMIT $3 FOR UPDATE OF b SKIP LOCKED),
    gone AS (DELETE FROM binding USING page WHERE binding.id = page.id)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  // A session keeps the key that proves the installation result.
  boundSessions: `WITH page AS (
      SELECT s.transaction_id, o.closed_at AS at FROM download_order o JOIN rsp_session s ON s.order_id = o.id
      WHERE o.closed_at >= $1 AND o.closed_at < $2 AND s.binding_id IS NOT NULL
      ORDER BY o.closed_at LIMIT $3 FOR UPDATE OF s SKIP LOCKED),
    gone AS (DELETE FROM rsp_session USING page WHERE rsp_session.transaction_id = page.transaction_id)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  // No package was given out in these, and none can be any more: no result of theirs can come.
  otherSessions: `WITH page AS (
      SELECT transaction_id, expires_at AS at FROM rsp_session
      WHERE expires_at >= $1 AND expires_at < $2 AND binding_id IS NULL
      ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM rsp_session USING page WHERE rsp_session.transaction_id = page.transaction_id)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  // Nothing was done after these; the others stay as evidence.
  idleNotifications: `WITH page AS (
      SELECT digest, received_at AS at FROM notification
      WHERE received_at >= $1 AND received_at < $2 AND verdict <> 'applied' ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM notification USING page WHERE notification.digest = page.digest)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  // On no profile's timeline: devices that asked for an order that there is not.
  strayEvents: `WITH page AS (
      SELECT id, at FROM profile_event
      WHERE at >= $1 AND at < $2 AND iccid IS NULL ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM profile_event USING page WHERE profile_event.id = page.id)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  signInFailures: `WITH page AS (
      SELECT id, at FROM sign_in_failure WHERE at >= $1 AND at < $2 ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM sign_in_failure USING page WHERE sign_in_failure.id = page.id)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  oneTimeLinks: `WITH page AS (
      SELECT token_hash, expires_at AS at FROM one_time_link
      WHERE expires_at >= $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM one_time_link USING page WHERE one_time_link.token_hash = page.token_hash)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
  accountSessions: `WITH page AS (
      SELECT sid_hash, expires_at AS at FROM account_session
      WHERE expires_at >= $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM account_session USING page WHERE account_session.sid_hash = page.sid_hash)
    SELECT count(*)::int AS removed, max(at) AS reached FROM page`,
}

/** Removes the oldest rows of a kind within the bounds. */
export async function removeBatch(db: Queryable, kind: Swept, { from, to, rows }: Batch): Promise<Removed> {
  const found = await one<Removed & Record<string, unknown>>(db, { name: `sweep-${kind}`, text: BATCHES[kind], values: [from, to, rows] })
  return found ?? { removed: 0, reached: null }
}

export async function readMarks(db: Queryable): Promise<SweepMarks> {
  const row = await one<{ marks: Record<string, string> }>(db, { text: 'SELECT marks FROM sweep' })
  const marks: SweepMarks = {}
  for (const kind of SWEPT) {
    const at = row?.marks[kind]
    if (at) marks[kind] = new Date(at)
  }
  return marks
}

export const keepMark = (db: Queryable, kind: Swept, mark: Date) =>
  db.query({ text: 'UPDATE sweep SET marks = jsonb_set(marks, ARRAY[$1::text], to_jsonb($2::text))', values: [kind, mark.toISOString()] })

export const keepLastSweep = (db: Queryable, { finishedAt, durationMs, removed }: LastSweep) =>
  db.query({ text: 'UPDATE sweep SET finished_at = $1, duration_ms = $2, removed = $3', values: [finishedAt, durationMs, removed] })

/** The last sweep of any instance; undefined before the first. */
export const readLastSweep = (db: Queryable): Promise<LastSweep | undefined> =>
  one<LastSweep & Record<string, unknown>>(db, {
    text: `SELECT finished_at AS "finishedAt", duration_ms AS "durationMs", removed FROM sweep WHERE finished_at IS NOT NULL`,
  })
