import type { Queryable } from './pool'

export interface JobOptions {
  /** Not before this moment. */
  runAt?: Date | undefined
  /** Takes the place of a waiting job with this key; one that runs already goes on, and this one runs after it. */
  jobKey?: string | undefined
  /** With a key: leaves a job that waits with it as it is, time and payload. */
  keepWaiting?: boolean | undefined
  /**
   * Jobs of one queue run one at a time. No promise of their order: one that failed lets the later ones pass while it waits. Where
   * the order matters, keep the messages in a table and add one job per sequence with a `jobKey`, which works off its head.
   * Use few different names.
   */
  queueName?: string | undefined
  /** 25 when left out, which with the growing waits between them is some four days. */
  maxAttempts?: number | undefined
}

/** Adds a job: in a transaction it is there with its commit. The payload is no place for secrets. */
export async function addJob(db: Queryable, name: string, payload: object = {}, options: JobOptions = {}): Promise<void> {
  await db.query({
    name: 'add-job',
    text: `SELECT FROM graphile_worker.add_job(identifier => $1::text, payload => $2::json, queue_name => $3::text,
      run_at => $4::timestamptz, max_attempts => $5::int, job_key => $6::text, job_key_mode => $7::text)`,
    values: [
      name,
      JSON.stringify(payload),
      options.queueName ?? null,
      options.runAt ?? null,
      options.maxAttempts ?? null,
      options.jobKey ?? null,
      options.keepWaiting ? 'unsafe_dedupe' : 'replace',
    ],
  })
}

/** Takes a waiting job away; one that runs is not run again. */
export async function removeJob(db: Queryable, jobKey: string): Promise<void> {
  await db.query({ text: 'SELECT FROM graphile_worker.remove_job($1::text)', values: [jobKey] })
}

/** A job that has failed for good: a dead letter. */
export interface DeadJob {
  id: string
  name: string
  queueName: string | null
  attempts: number
  lastError: string | null
  createdAt: Date
}

/** Makes the workers look for jobs, as adding one does by itself. */
export const WAKE = `pg_notify('jobs:insert', '{"count":1}')`

const DEAD = 'locked_at IS NULL AND attempts >= max_attempts'

/** Jobs that failed as often as they may, newest first. */
export async function deadJobs(db: Queryable, { name, limit }: { name?: string; limit: number }): Promise<DeadJob[]> {
  const { rows } = await db.query<DeadJob & Record<string, unknown>>({
    text: `SELECT id::text, task_identifier AS name, queue_name AS "queueName", attempts::int, last_error AS "lastError", created_at AS "createdAt"
      FROM graphile_worker.jobs WHERE ${DEAD} AND ($1::text IS NULL OR task_identifier = $1) ORDER BY id DESC LIMIT $2`,
    values: [name ?? null, limit],
  })
  return rows
}

/** Lets a dead job be tried again, from now on and as often as a new one. False when it is not dead (any more). */
export async function replayJob(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `SELECT ${WAKE} FROM graphile_worker.reschedule_jobs(
      ARRAY(SELECT id FROM graphile_worker.jobs WHERE id = $1::bigint AND ${DEAD}), run_at => now(), attempts => 0)`,
    values: [id],
  })
  return rowCount === 1
}

/** How many jobs wait, run and are dead, by name. */
export async function jobCounts(db: Queryable): Promise<{ name: string; waiting: number; running: number; dead: number }[]> {
  const { rows } = await db.query<{ name: string; waiting: number; running: number; dead: number }>({
    text: `SELECT task_identifier AS name, count(*) FILTER (WHERE locked_at IS NULL AND attempts < max_attempts)::int AS waiting,
        count(locked_at)::int AS running, count(*) FILTER (WHERE ${DEAD})::int AS dead
      FROM graphile_worker.jobs GROUP BY 1 ORDER BY 1`,
  })
  return rows
}
