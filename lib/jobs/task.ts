import type { z } from 'zod'
import type { Transaction } from '@/lib/db/pool'
import { insertTask } from '@/lib/db/task-rows'

/** What the page of tasks shows of a result beside its own words; anything else in it is for the one who asks. */
export interface TaskResult {
  /** What came of it. */
  sentence?: string
  /** Where it can be looked at or fetched, inside the portal. */
  link?: { href: `/${string}`; name: string }
  [more: string]: unknown
}

/** How a task says how far it is. It may be called as often as there is something to say: it is written at most twice a second. */
export interface Report {
  /** How many things there are to do. */
  total(count: number): void
  /** So many more are done, one if not said. */
  done(count?: number): void
  /** So many more could not be done, one if not said. */
  failed(count?: number): void
  /** What came of it; the last one counts. */
  result(result: TaskResult): void
  /**
   * Whether somebody wants it to end; to be asked between steps, a second apart at most. A task that is told so returns.
   * @throws ServerStops when the server stops: let it pass, the task is then run again
   */
  cancelled(): Promise<boolean>
}

export interface TaskDefinition<Input, Context> {
  /** A word; it stays the same for ever. */
  kind: string
  /** What startTask takes, as JSON; no secrets. */
  schema: z.ZodType<Input>
  /** What is done, for the list of tasks: "Retire 48,210 profiles". */
  title(input: Input): string
  run(context: Context, input: Input, report: Report): Promise<void>
}

/** A kind of task as the worker knows it. */
export interface RunnableTask<Context> {
  kind: string
  perform(context: Context, input: unknown, report: Report): Promise<void>
}

export interface Task<Input, Context> extends RunnableTask<Context> {
  schema: z.ZodType<Input>
  title(input: Input): string
}

/** See `defineTask` of lib/accounts/tasks, which adds who may. */
export const makeTask = <Input, Context>({ run, ...definition }: TaskDefinition<Input, Context>): Task<Input, Context> => ({
  ...definition,
  perform: async (context, input, report) => run(context, definition.schema.parse(input), report),
})

/** Adds a task, to be run once the transaction is committed. @returns its id */
export const addTask = <Input, Context>(tx: Transaction, startedBy: string, task: Task<Input, Context>, input: Input): Promise<string> =>
  insertTask(tx, { kind: task.kind, title: task.title(input), input: { value: input }, startedBy })
