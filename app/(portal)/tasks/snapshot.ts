import type { Actor } from '@/lib/accounts/actor'
import { may, type Verb } from '@/lib/accounts/roles'
import { TASKS } from '@/lib/background/tasks'
import type { Queryable } from '@/lib/db/pool'
import { listTasks, type TaskRow } from '@/lib/db/portal/tasks'
import type { TaskState } from '@/lib/db/task-rows'

/** A task as its page shows it; moments are ISO 8601. */
export interface TaskView {
  id: string
  title: string
  state: TaskState
  total: number | null
  done: number
  failed: number
  /** Undefined while nobody can tell. */
  perSecond: number | undefined
  secondsLeft: number | undefined
  sentence: string | undefined
  link: { href: string; name: string } | undefined
  /** Why some could not be done, one sentence each */
  failures: string[]
  failure: string | null
  cancelRequested: boolean
  createdAt: string
  startedBy: string
  endedAt: string | null
  mine: boolean
  mayCancel: boolean
}

export interface TasksSnapshot {
  tasks: TaskView[]
  /** The id from which on there are older ones. */
  older: string | undefined
}

export interface TasksQuery {
  before?: string | undefined
  mine: boolean
}

const pageSize = 25
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What the address asks for. */
export const readTasksQuery = (parameters: URLSearchParams): TasksQuery => ({
  before: uuid.exec(parameters.get('before') ?? '')?.[0],
  mine: parameters.get('mine') === '1',
})

export async function tasksSnapshot(db: Queryable, { before, mine }: TasksQuery, who: { actor: Actor; now: Date }): Promise<TasksSnapshot> {
  const rows = await listTasks(db, { before, limit: pageSize + 1, startedBy: mine ? who.actor.name : undefined })
  const shown = rows.slice(0, pageSize)
  return { tasks: shown.map(row => taskView(row, who)), older: rows.length > pageSize ? shown.at(-1)?.id : undefined }
}

/** A kind of a newer version of the program: only who may do most can be sure to be allowed. */
export const verbOfTask = (kind: string): Verb => TASKS.find(each => each.kind === kind)?.verb ?? 'account:write'

// Sooner than this the rate says nothing.
const tellAfterSeconds = 2

/** A task for the eyes of `actor`. */
export function taskView(row: TaskRow, { actor, now }: { actor: Actor; now: Date }): TaskView {
  const mine = row.createdBy === actor.name
  const handled = row.done + row.failed
  const seconds = row.startedAt && row.state === 'running' ? (now.getTime() - row.startedAt.getTime()) / 1000 : 0
  const perSecond = seconds >= tellAfterSeconds && handled > 0 ? handled / seconds : undefined
  const rest = row.total === null ? undefined : Math.max(0, row.total - handled)
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    total: row.total,
    done: row.done,
    failed: row.failed,
    perSecond,
    secondsLeft: perSecond && rest !== undefined ? rest / perSecond : undefined,
    ...resultOf(row.result),
    failure: row.failure,
    cancelRequested: row.cancelRequested,
    createdAt: row.createdAt.toISOString(),
    startedBy: row.createdBy,
    endedAt: row.endedAt?.toISOString() ?? null,
    mine,
    mayCancel: mine || may(actor.role, verbOfTask(row.kind)),
  }
}

/** Of a result what a person is shown: a sentence, a link inside the portal, and why some were left. */
function resultOf(result: unknown): Pick<TaskView, 'sentence' | 'link' | 'failures'> {
  const { sentence, link, failures } = (result ?? {}) as {
    sentence?: unknown
    link?: { href?: unknown; name?: unknown }
    failures?: unknown
  }
  const href = typeof link?.href === 'string' && /^\/(?!\/)/.test(link.href) ? link.href : undefined
  return {
    sentence: typeof sentence === 'string' ? sentence : undefined,
    failures: Array.isArray(failures) ? [...new Set(failures.filter((each): each is string => typeof each === 'string'))] : [],
    link: href ? { href, name: typeof link?.name === 'string' ? link.name : 'Look at it' } : undefined,
  }
}
