import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { runTaskList, type TaskList, type WorkerEvents, type WorkerPool } from 'graphile-worker'
import { JOBS_SCHEMA } from '@/lib/db/jobs-schema'
import type { Database } from '@/lib/db/pool'
import { queueLogger } from './log'

// What runs when the server stops is told at once, and has this long before its connections close.
const stopWithinMs = 5_000
const mostFailedPolls = 5

/** Takes jobs and runs them, some at once, until it is stopped. */
export interface JobPool {
  /** In whose name it holds jobs. */
  worker: string
  /** It takes no more jobs, whoever stopped it. */
  ended: Promise<void>
  /** Takes no more jobs, tells those that run, and waits for them for a while. */
  stop(): Promise<void>
}

/** Starts a pool; the database must answer. */
export function startPool(db: Database, { concurrency, pollMs }: { concurrency: number; pollMs: number }, handlers: TaskList): JobPool {
  const events: WorkerEvents = new EventEmitter()
  const pool: WorkerPool = runTaskList(
    {
      schema: JOBS_SCHEMA,
      concurrency,
      pollInterval: pollMs,
      noHandleSignals: true,
      logger: queueLogger(),
      events,
      gracefulShutdownAbortTimeout: 0,
      // Zero: an end that cannot be written ends the pool in order, to be replaced, instead of one of its workers with a trace.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    },
    handlers,
    db.pool,
  )
  let hasEnded = false
  const ended = pool.promise.then(
    () => undefined,
    () => undefined,
  )
  void ended.then(() => {
    hasEnded = true
  })
  let windingDown = false
  const windDown = () => {
    if (!windingDown) void Promise.resolve(pool.gracefulShutdown()).catch(() => undefined)
    windingDown = true
  }
  events.on('pool:gracefulShutdown', () => {
    windingDown = true
  })
  const stop = async () => {
    windDown()
    await Promise.race([ended, delay(stopWithinMs, undefined, { ref: false })])
    if (hasEnded) return
    const forced = Promise.resolve(pool.forcefulShutdown('The server stopped.')).then(noop, noop)
    await Promise.race([forced, delay(stopWithinMs, undefined, { ref: false })])
  }
  let stopping: Promise<void> | undefined

  // A pool whose first question fails never asks anew: it is better replaced.
  let failedPolls = 0
  const answered = () => {
    failedPolls = 0
  }
  events.on('worker:getJob:empty', answered)
  events.on('job:start', answered)
  events.on('worker:getJob:error', () => {
    if (++failedPolls >= mostFailedPolls) windDown()
  })
  return {
    worker: pool.id,
    ended,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

const noop = () => undefined
