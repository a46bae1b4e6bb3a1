import { one, type Queryable, type Transaction } from '../pool'
import type { CheckProgress } from './batch-rows'

/** After this long without a word a worker counts as gone, and another one goes on with its batch. */
const silentAfter = `interval '30 seconds'`

/** What is asked of a worker that another process may be: gone, or only silent? */
export type IsGone = (worker: string) => boolean

/** Takes a batch that is to be checked, unless a worker is at it. False when there is nothing to take. */
export async function claimCheck(tx: Transaction, id: string, worker: string, isGone: IsGone): Promise<boolean> {
  const row = await one<{ worker: string | null; silent: boolean }>(tx, {
    text: `SELECT worker, coalesce(worker_seen_at < now() - ${silentAfter}, true) AS silent FROM batch
      WHERE id = $1::bigint AND state = 'checking' FOR UPDATE`,
    values: [id],
  })
  if (!row || !(row.worker === null || row.worker === worker || row.silent || isGone(row.worker))) return false
  await tx.query({ text: 'UPDATE batch SET worker = $2, worker_seen_at = now() WHERE id = $1::bigint', values: [id, worker] })
  return true
}

/** Batches whose check nobody goes on with, the oldest first. */
export async function abandonedChecks(db: Queryable, isGone: IsGone): Promise<{ id: string; file: string | null }[]> {
  const { rows } = await db.query<{ id: string; file: string | null; worker: string | null; silent: boolean }>({
    text: `SELECT id::text, file, worker, coalesce(worker_seen_at < now() - ${silentAfter}, true) AS silent FROM batch
      WHERE state = 'checking' ORDER BY batch.id`,
  })
  return rows.filter(({ worker, silent }) => worker === null || silent || isGone(worker)).map(({ id, file }) => ({ id, file }))
}

/** Says that the worker lives and how far it is. False when the batch is not its any more. */
export async function tellProgress(db: Queryable, id: string, worker: string, progress: CheckProgress): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'batch-progress',
    text: `UPDATE batch SET progress = $3, worker_seen_at = now() WHERE id = $1::bigint AND worker = $2 AND state = 'checking'`,
    values: [id, worker, JSON.stringify(progress)],
  })
  return rowCount === 1
}

/** Lets go of a batch, so that the next worker need not wait. */
export const releaseCheck = (db: Queryable, id: string, worker: string) =>
  db.query({ text: `UPDATE batch SET worker = NULL WHERE id = $1::bigint AND worker = $2 AND state = 'checking'`, values: [id, worker] })

export interface ChunkCounts {
  rows: number
  kept: number
  warned: number
  refused: number
}

/**
 * Counts the rows of a chunk in the transaction that adds them. False when the batch is another worker's, or was cancelled, or has been read further:
 * then nothing of the chunk may stay.
 */
export async function countChunk(tx: Transaction, id: string, worker: string, readBefore: number, counts: ChunkCounts): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'batch-chunk',
    text: `UPDATE batch SET rows_read = rows_read + $4, rows_kept = rows_kept + $5, rows_warned = rows_warned + $6, rows_refused = rows_refused + $7,
        worker_seen_at = now()
      WHERE id = $1::bigint AND worker = $2 AND state = 'checking' AND rows_read = $3`,
    values: [id, worker, readBefore, counts.rows, counts.kept, counts.warned, counts.refused],
  })
  return rowCount === 1
}

/** How many rows have findings of a kind, the most frequent first. */
export const findingKinds = async (db: Queryable, id: string): Promise<{ kind: string; severity: 'error' | 'warning'; rows: number }[]> =>
  (
    await db.query<{ kind: string; severity: 'error' | 'warning'; rows: number }>({
      text: `SELECT kind, severity, count(DISTINCT line)::int AS rows FROM batch_finding WHERE batch_id = $1::bigint
        GROUP BY kind, severity ORDER BY rows DESC, kind`,
      values: [id],
    })
  ).rows

export const iccidRange = (db: Queryable, id: string): Promise<{ first: string | null; last: string | null } | undefined> =>
  one(db, { text: 'SELECT min(iccid) AS first, max(iccid) AS last FROM profile WHERE batch_id = $1::bigint', values: [id] })

export interface SampleRow {
  iccid: string
  line: number
  sealed: Buffer
  templateId: string | null
}

/** A profile of the batch with its secret: that of a line, or the first one, without warnings if there is one. */
export const readSample = (db: Queryable, id: string, line?: number): Promise<SampleRow | undefined> =>
  one<SampleRow & Record<string, unknown>>(db, {
    text: `SELECT p.iccid, p.line, s.sealed, s.template_id AS "templateId" FROM (
        (SELECT iccid, line, 0 AS rank FROM profile WHERE batch_id = $1::bigint AND line = coalesce($2, line) AND NOT warned ORDER BY iccid LIMIT 1)
        UNION ALL
        (SELECT iccid, line, 1 AS rank FROM profile WHERE batch_id = $1::bigint AND line = coalesce($2, line) ORDER BY iccid LIMIT 1)) AS p
      JOIN profile_package s USING (iccid) ORDER BY p.rank LIMIT 1`,
    values: [id, line ?? null],
  })
