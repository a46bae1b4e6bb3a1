import { type Database, one, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { cancelTaskRow } from '@/lib/db/task-rows'
import { FormError } from '@/lib/form-error'
import { addTask, makeTask, type Task as QueuedTask, type TaskDefinition } from '@/lib/jobs/task'
import type { Vault } from '@/lib/vault/vault'
import { type Account, accountActor } from './account'
import { type Actor, NotAllowed, requireMay } from './actor'
import { apiKeyActorNamed } from './api-keys'
import { audit } from './audit'
import type { Verb } from './roles'

/** What jobs work with. */
export interface JobContext {
  db: Database
  vault: Vault
  /** Absolute. */
  dataDir: string
  /** What activation codes and customers' links name. */
  addresses: { smdpAddress: string; customerUrl: string }
  now(): Date
}

/** What tasks work with: the same on behalf of whoever started it, with the role that they have now. */
export interface TaskContext extends JobContext {
  actor: Actor
}

export interface Task<Input> extends QueuedTask<Input, TaskContext> {
  /** Who may start it, and cancel those of others. */
  verb: Verb
}

/** A task as lists of them know it. */
export type AnyTask = Pick<Task<never>, 'kind' | 'verb' | 'perform'>

/**
 * Describes work in the background that a person follows: started by `startTask`, run by a server's worker (never by the command line),
 * listed under "Tasks" with its progress, and cancelled there. It belongs into the list of lib/background/tasks.
 *
 * A task whose process is killed runs again from its beginning, with counts at nought, so `run` must find what is done already: work in
 * steps, each a short transaction that leaves nothing to do twice, and ask `report.cancelled()` between them. A FormError or RspError ends
 * it with that sentence, anything else with the number of an incident; what the database's absence cut short is tried again.
 */
export const defineTask = <Input>({ verb, ...definition }: TaskDefinition<Input, TaskContext> & { verb: Verb }): Task<Input> => {
  const task = makeTask(definition)
  const perform: typeof task.perform = async (context, input, report) => {
    try {
      requireMay(context.actor, verb)
      await task.perform(context, input, report)
    } catch (error) {
      throw error instanceof NotAllowed ? new FormError(error.message) : error
    }
  }
  return { ...task, perform, verb }
}

/** Adds a task and its audit row; it begins once the transaction is committed. @returns its id. @throws NotAllowed */
export async function startTask<Input>(tx: Transaction, actor: Actor, task: Task<Input>, input: Input): Promise<string> {
  requireMay(actor, task.verb)
  const id = await addTask(tx, actor.name, task, input)
  await audit(tx, actor, task.verb, { target: task.title(input), result: 'begun', detail: { task: id } })
  return id
}

/** Who started a task, with today's role. @throws FormError when they may not do anything any more */
export async function actorNamed(db: Queryable, name: string): Promise<Actor> {
  if (name.startsWith('cli:')) return { kind: 'cli', name, role: 'administrator' }
  if (name.startsWith('key:')) {
    const actor = await apiKeyActorNamed(db, name)
    if (actor) return actor
    throw new FormError(`The key ${name.slice(4)}, which began this, is no longer in force, so it was not done.`)
  }
  const account = await one<Account & Record<string, unknown>>(db, {
    text: 'SELECT id, email, name, role FROM account WHERE email = $1 AND disabled_at IS NULL',
    values: [name],
  })
  if (account) return accountActor(account)
  throw new FormError(`The account ${name}, which began this, cannot sign in any more, so it was not done.`)
}

/**
 * Ends a task that waits, asks one that runs to end; it then does between two of its steps. What was done stays done.
 * @param verb of the task's kind
 * @throws FormError when it has ended already; NotAllowed for tasks of others whom one may not help
 */
export async function cancelTask(
  db: Database,
  actor: Actor,
  task: { id: string; title: string; startedBy: string; verb: Verb },
): Promise<void> {
  if (actor.name !== task.startedBy) requireMay(actor, task.verb)
  await transaction(db, async tx => {
    const state = await cancelTaskRow(tx, task.id)
    if (!state) throw new FormError('This has ended meanwhile.')
    await audit(tx, actor, task.verb, { target: task.title, result: 'cancelled', detail: { task: task.id } })
  })
}
