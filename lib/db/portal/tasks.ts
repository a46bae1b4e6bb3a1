import { one, type Queryable } from '../pool'
import type { TaskState } from '../task-rows'

/** A task as pages and commands show it. */
export interface TaskRow {
  id: string
  kind: string
  title: string
  state: TaskState
  /** Null while nobody knows. */
  total: number | null
  done: number
  failed: number
  /** TaskResult of lib/jobs/task */
  result: unknown
  failure: string | null
  cancelRequested: boolean
  createdAt: Date
  createdBy: string
  startedAt: Date | null
  endedAt: Date | null
}

const COLUMNS = `id, kind, title, state, total, done, failed, result, failure, cancel_requested AS "cancelRequested",
  created_at AS "createdAt", created_by AS "createdBy", started_at AS "startedAt", ended_at AS "endedAt"`

interface Page {
  /** The id of the last one seen. */
  before?: string | undefined
  limit: number
  startedBy?: string | undefined
}

/** Tasks, newest first. */
export async function listTasks(db: Queryable, { before, limit, startedBy }: Page): Promise<TaskRow[]> {
  const { rows } = await db.query<TaskRow & Record<string, unknown>>({
    text: `SELECT ${COLUMNS} FROM task
      WHERE ($1::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM task WHERE id = $1)) AND ($2::text IS NULL OR created_by = $2)
      ORDER BY created_at DESC, id DESC LIMIT $3`,
    values: [before ?? null, startedBy ?? null, limit],
  })
  return rows
}

export const readTask = (db: Queryable, id: string): Promise<TaskRow | undefined> =>
  one<TaskRow & Record<string, unknown>>(db, { text: `SELECT ${COLUMNS} FROM task WHERE id = $1`, values: [id] })
