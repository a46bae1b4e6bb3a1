import { setTimeout as delay } from 'node:timers/promises'
import { WAKE } from './jobs'
import { type Database, one, type Queryable } from './pool'

// With the worker's name as second number: whoever runs jobs holds it shared for as long as a connection of theirs lives.
const workerLock = 727_073_705
const reconnectMs = 1_000

/** Says that these workers live, for as long as this process does: a lock of a connection that is made anew when it breaks. @returns how to end it */
export function keepWorkerLocks(db: Database, workers: string[]): () => void {
  let stopped = false
  let end = () => undefined as unknown
  const hold = async () => {
    const client = await db.pool.connect()
    try {
      const broken = new Promise<void>(resolve => {
        end = resolve
        client.once('end', resolve)
        client.once('error', () => resolve())
      })
      if (stopped) return
      await client.query('SELECT pg_advisory_lock_shared($1::int, hashtext(worker)) FROM unnest($2::text[]) AS worker', [
        workerLock,
        workers,
      ])
      await broken
    } finally {
      // Closed, not given back: the locks end with it.
      client.release(true)
    }
  }
  const keep = async () => {
    while (!stopped) {
      await hold().catch(() => undefined)
      if (!stopped) await delay(reconnectMs, undefined, { ref: false })
    }
  }
  void keep()
  return () => {
    stopped = true
    end()
  }
}

/** Workers in whose name jobs are held, of whom no connection says at this moment that they live. */
export async function silentWorkers(db: Queryable): Promise<string[]> {
  const row = await one<{ silent: string[] | null }>(db, {
    text: `WITH worker AS MATERIALIZED (
        SELECT locked_by FROM graphile_worker._private_jobs WHERE locked_by IS NOT NULL
        UNION SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_by IS NOT NULL)
      SELECT array_agg(locked_by) AS silent FROM worker WHERE pg_try_advisory_xact_lock($1::int, hashtext(locked_by))`,
    values: [workerLock],
  })
  return row?.silent ?? []
}

/** Gives the jobs of dead workers to the others. */
export const freeJobs = (db: Queryable, workers: string[]) =>
  db.query({ text: `SELECT ${WAKE} FROM graphile_worker.force_unlock_workers($1::text[])`, values: [workers] })
