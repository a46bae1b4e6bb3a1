import { addJob, removeJob } from './jobs'
import { one, type Queryable, type Transaction } from './pool'
import { storableJson } from './profile-events'

export type TaskState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'

/** How far a task is. */
export interface TaskCounts {
  /** Undefined while nobody knows. */
  total: number | undefined
  done: number
  failed: number
}

// A task that ended its process this often is given up.
const mostAttempts = 8

const jobName = (kind: string): string => `task:${kind}`
const jobKey = (id: string): string => `task:${id}`

/** The name of the queue's jobs for tasks of a kind. */
export { jobName as taskJobName }

const enqueue = (db: Queryable, id: string, kind: string) =>
  addJob(db, jobName(kind), { task: id }, { jobKey: jobKey(id), maxAttempts: mostAttempts })

/** Adds a task with its job. @returns its id */
export async function insertTask(
  tx: Transaction,
  task: { kind: string; title: string; input: object; startedBy: string },
): Promise<string> {
  const row = await one<{ id: string }>(tx, {
    text: 'INSERT INTO task (kind, title, input, created_by) VALUES ($1, $2, $3, $4) RETURNING id',
    values: [task.kind, task.title, storableJson(task.input), task.startedBy],
  })
  if (!row) throw new Error('A task was not inserted.')
  await enqueue(tx, row.id, task.kind)
  return row.id
}

/** A task that somebody is about to run. */
export interface BegunTask {
  input: unknown
  startedBy: string
  cancelRequested: boolean
}

/** Marks a task as running, from its beginning. Undefined when it has ended. */
export const beginTask = (db: Queryable, id: string): Promise<BegunTask | undefined> =>
  one<BegunTask & Record<string, unknown>>(db, {
    text: `UPDATE task SET state = 'running', started_at = now(), total = NULL, done = 0, failed = 0, result = NULL
      WHERE id = $1 AND state IN ('waiting', 'running')
      RETURNING input, created_by AS "startedBy", cancel_requested AS "cancelRequested"`,
    values: [id],
  })

/** Writes how far a task is. @returns whether somebody wants it to end */
export async function writeTaskCounts(db: Queryable, id: string, { total, done, failed }: TaskCounts): Promise<boolean> {
  const row = await one<{ cancelled: boolean }>(db, {
    name: 'task-counts',
    text: `UPDATE task SET total = $2, done = $3, failed = $4 WHERE id = $1 AND state = 'running' RETURNING cancel_requested AS cancelled`,
    values: [id, total ?? null, done, failed],
  })
  return row?.cancelled ?? true
}

/** Writes the end of a task. */
export async function endTask(
  db: Queryable,
  id: string,
  end: TaskCounts & { state: 'done' | 'failed' | 'cancelled'; result?: object | undefined; failure?: string | undefined },
): Promise<void> {
  await db.query({
    text: `UPDATE task SET state = $2, total = $3, done = $4, failed = $5, result = $6, failure = $7, ended_at = now()
      WHERE id = $1 AND state = 'running'`,
    values: [id, end.state, end.total ?? null, end.done, end.failed, end.result ? storableJson(end.result) : null, end.failure ?? null],
  })
}

/** Puts a running task back among those that wait, to be run by whoever is next. */
export async function putTaskBack(tx: Transaction, id: string, kind: string): Promise<void> {
  await tx.query({ text: `UPDATE task SET state = 'waiting' WHERE id = $1 AND state = 'running'`, values: [id] })
  await enqueue(tx, id, kind)
}

/** Ends a waiting task, asks a running one to end. @returns its state after that; undefined when it had ended */
export async function cancelTaskRow(tx: Transaction, id: string): Promise<'cancelled' | 'running' | undefined> {
  const row = await one<{ state: 'cancelled' | 'running' }>(tx, {
    text: `UPDATE task SET cancel_requested = true, state = CASE state WHEN 'waiting' THEN 'cancelled' ELSE state END,
        ended_at = CASE state WHEN 'waiting' THEN now() END
      WHERE id = $1 AND state IN ('waiting', 'running') RETURNING state`,
    values: [id],
  })
  if (row?.state === 'cancelled') await removeJob(tx, jobKey(id))
  return row?.state
}

const GIVEN_UP =
  'This was begun several times and never came to its end: each time the server ended or the database was away. It was given up; what was done stays done.'

/** Ends the tasks that nobody will run again, because every attempt at them was lost. */
export async function giveUpTasks(db: Queryable): Promise<void> {
  await db.query({
    text: `UPDATE task SET state = 'failed', failure = $1, ended_at = now()
      WHERE state IN ('waiting', 'running') AND NOT EXISTS (
        SELECT FROM graphile_worker._private_jobs j
        WHERE j.key = 'task:' || task.id AND (j.attempts < j.max_attempts OR j.locked_at IS NOT NULL))`,
    values: [GIVEN_UP],
  })
}

/** Removes tasks that ended before a moment. @returns how many */
export async function removeOldTasks(db: Queryable, before: Date): Promise<number> {
  const { rowCount } = await db.query({ text: 'DELETE FROM task WHERE ended_at < $1', values: [before] })
  return rowCount ?? 0
}
