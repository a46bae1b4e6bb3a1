import { setTimeout as delay } from 'node:timers/promises'
import type { JobHelpers, TaskList } from 'graphile-worker'
import { isDatabaseAway } from '@/lib/db/failures'
import { keepWorkerLocks } from '@/lib/db/job-workers'
import { addJob } from '@/lib/db/jobs'
import { type Database } from '@/lib/db/pool'
import { taskJobName } from '@/lib/db/task-rows'
import { watchDeadWorkers } from './dead-workers'
import { failureSentence, TryAgain } from './failure'
import type { Job } from './job'
import { startPool } from './pool'
import { runTask } from './run-task'
import type { RunnableTask } from './task'

export interface WorkerOptions<JobContext, TaskContext> {
  db: Database
  jobs: readonly Job<JobContext>[]
  tasks: readonly RunnableTask<TaskContext>[]
  jobContext: JobContext
  /** What a task works with, on behalf of whoever started it. @throws FormError when they may not any more */
  taskContext(startedBy: string): Promise<TaskContext>
  timing?: Timing
}

export interface Timing {
  /** How often jobs are looked for that have become due; new ones announce themselves. */
  pollMs: number
  /** How often workers are looked for that went without a word. */
  lookMs: number
  /** How long these have to come back. */
  silentMs: number
}

const usualTiming: Timing = { pollMs: 5_000, lookMs: 5_000, silentMs: 10_000 }

// Tasks take long: mail and calls to others have places of their own.
const tasksAtOnce = 2
const jobsAtOnce = 4
const restartMs = 1_000
// PostgreSQL's smallint: what runs by itself is never given up.
const endlessAttempts = 32_767

const signalOf = (helpers: JobHelpers): AbortSignal => helpers.abortSignal ?? new AbortController().signal

/**
 * Runs jobs and tasks in this process, on as many servers at once as there are; each runs on one of them. A server that dies leaves its
 * jobs to the others, or to itself once it is back, some 15 seconds later: then a task runs again from its beginning, so it must be
 * written to find what is done already. @returns how to stop: what runs is told and has some seconds
 */
export function runJobs<JobContext, TaskContext>(options: WorkerOptions<JobContext, TaskContext>): () => Promise<void> {
  const { db, timing = usualTiming } = options
  const stopping = new AbortController()
  const stopped = new Promise<void>(resolve => stopping.signal.addEventListener('abort', () => resolve()))
  const handlers = { tasks: taskHandlers(options), jobs: jobHandlers(options) }

  const runUntilSomethingBreaks = async () => {
    await db.query({ text: 'SELECT 1' })
    await scheduleRepeating(options)
    const pools = [
      ...(options.tasks.length > 0 ? [startPool(db, { concurrency: tasksAtOnce, pollMs: timing.pollMs }, handlers.tasks)] : []),
      ...(options.jobs.length > 0 ? [startPool(db, { concurrency: jobsAtOnce, pollMs: timing.pollMs }, handlers.jobs)] : []),
    ]
    const unlock = keepWorkerLocks(
      db,
      pools.map(pool => pool.worker),
    )
    await Promise.race([stopped, ...pools.map(pool => pool.ended)])
    await Promise.all(pools.map(pool => pool.stop()))
    unlock()
  }
  const keepRunning = async () => {
    while (!stopping.signal.aborted) {
      await runUntilSomethingBreaks().catch(error => {
        if (!isDatabaseAway(error)) failureSentence(error, 'starting the job queue')
      })
      await Promise.race([stopped, delay(restartMs, undefined, { ref: false })])
    }
  }
  const running = keepRunning()
  const stopWatching = watchDeadWorkers(db, timing)
  return async () => {
    stopping.abort()
    await Promise.all([running, stopWatching()])
  }
}

const taskHandlers = <TaskContext>({ db, tasks, taskContext }: Pick<WorkerOptions<never, TaskContext>, 'db' | 'tasks' | 'taskContext'>) => {
  const handlers: TaskList = {}
  for (const task of tasks) {
    handlers[taskJobName(task.kind)] = async (payload, helpers) => {
      const id = (payload as { task: string }).task
      await spoken(db, `task ${task.kind}`, () => runTask(db, task, { id, contextOf: taskContext, signal: signalOf(helpers) }))
    }
  }
  return handlers
}

const repeatKey = (name: string): string => `every:${name}`

const jobHandlers = <JobContext>({ db, jobs, jobContext }: Pick<WorkerOptions<JobContext, never>, 'db' | 'jobs' | 'jobContext'>) => {
  const handlers: TaskList = {}
  for (const job of jobs) {
    handlers[job.name] = async (payload, helpers) => {
      const { attempts: attempt, max_attempts: most } = helpers.job
      const work = () => job.perform(jobContext, payload, { attempt, isLast: attempt >= most, signal: signalOf(helpers) })
      const { everyMs } = job
      if (everyMs === undefined) return spoken(db, `job ${job.name}`, work, ` (attempt ${attempt} of ${most})`)
      // Its next turn is its next attempt.
      await spoken(db, `job ${job.name}`, work).catch(() => undefined)
      const runAt = new Date(Date.now() + everyMs)
      await addJob(db, job.name, {}, { jobKey: repeatKey(job.name), runAt, maxAttempts: endlessAttempts })
    }
  }
  return handlers
}

async function scheduleRepeating({
  db,
  jobs,
}: Pick<WorkerOptions<never, never>, 'db'> & { jobs: readonly { name: string; everyMs: number | undefined }[] }): Promise<void> {
  for (const { name, everyMs } of jobs) {
    if (everyMs !== undefined) await addJob(db, name, {}, { jobKey: repeatKey(name), keepWaiting: true, maxAttempts: endlessAttempts })
  }
}

/** Lets an error go on as its sentence alone, which is what the queue keeps; one that was foreseen is logged in a line. */
async function spoken(db: Database, what: string, work: () => Promise<void>, attempt = ''): Promise<void> {
  try {
    await work()
  } catch (error) {
    const sentence = failureSentence(error, what)
    // The queue gives up a whole pool when it cannot write down that a job failed.
    if (isDatabaseAway(error)) await databaseAnswers(db)
    if (error instanceof TryAgain) console.warn(`${new Date().toISOString()} ${what}${attempt}: ${sentence}`)
    throw new Error(sentence)
  }
}

const mostLooks = 60
const lookAgainMs = 1_000

/** Waits for the database, for about a minute. */
async function databaseAnswers(db: Database): Promise<void> {
  for (let look = 0; look < mostLooks; look++) {
    const answered = await db.query({ text: 'SELECT 1' }).then(
      () => true,
      () => false,
    )
    if (answered) return
    await delay(lookAgainMs, undefined, { ref: false })
  }
}
