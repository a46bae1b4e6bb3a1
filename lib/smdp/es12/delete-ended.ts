import { z } from 'zod'
import { addJob } from '@/lib/db/jobs'
import { DELETE_KEY, endedSmdsEvent, endedSmdsEvents, isEventOfOrder, moveSmdsEvent, type SmdsEventRow } from '@/lib/db/partners/smds-rows'
import type { Database, Queryable } from '@/lib/db/pool'
import { TryAgain } from '@/lib/jobs/failure'
import { defineJob, type Job } from '@/lib/jobs/job'
import { deletionTriedForMs } from '@/lib/orders/smds-event'
import { RspError } from '@/lib/rsp/status'
import { type EventRegistrar, whyNotDone } from './registrar'

interface Run {
  registrar: () => EventRegistrar
  now: () => Date
  signal: AbortSignal
}

const DELETE_EVENT_JOB = 'delete-event'

/** Jobs that delete run one at a time, so that they do not take the places of others while an SM-DS lets them wait. */
export const DELETING_QUEUE = 'smds-delete'

/** With the queue's growing waits, six hours at most: some 30 days. */
export const deletingAttempts = 128

const firstWaitMs = 5_000
const longestWaitMs = 3_600_000
const page = 200
const atOnce = 4

/** SM-DS that were not accessible are left alone for growing waits. */
class Waits {
  private readonly failed = new Map<string, { times: number; until: number }>()

  failure(key: string, now: number): void {
    const times = (this.failed.get(key)?.times ?? 0) + 1
    this.failed.set(key, { times, until: now + Math.min(longestWaitMs, firstWaitMs * 2 ** (times - 1)) })
  }

  success(key: string): void {
    this.failed.delete(key)
  }

  waiting(now: number): string[] {
    return [...this.failed].filter(([, { until }]) => until > now).map(([key]) => key)
  }
}

/** @throws RspError smdsInaccessible, smdsError */
async function deleteOf(db: Queryable, registrar: EventRegistrar, { orderId, ...event }: SmdsEventRow): Promise<void> {
  // A later order for the same device may have the same matching ID: then the event is that one's.
  if (!(await isEventOfOrder(db, event, 'an open order'))) await registrar.delete(event)
  await moveSmdsEvent(db, orderId, 'registered', 'deleted')
}

/**
 * Takes the events of orders that have ended (installed, failed, cancelled) away from their SM-DS (SGP.22 §3.6.3). An event that could not be deleted is taken over
 * by a job of its own, `deleteEndedEvent`; an SM-DS that is not accessible is asked for no others for a while, up to an hour.
 * @returns what does it once; it remembers whom to leave alone
 */
export function endedEvents(): (db: Queryable, run: Run) => Promise<void> {
  const ofServers = new Waits()

  async function take(db: Queryable, event: SmdsEventRow, { registrar, now }: Run): Promise<void> {
    try {
      await deleteOf(db, registrar(), event)
      ofServers.success(event.smdsAddress)
    } catch (error) {
      if (!(error instanceof RspError)) throw error
      const at = now().getTime()
      if (error.status === 'smdsInaccessible') ofServers.failure(event.smdsAddress, at)
      await addJob(
        db,
        DELETE_EVENT_JOB,
        { order: event.orderId },
        {
          jobKey: `${DELETE_KEY}${event.orderId}`,
          queueName: DELETING_QUEUE,
          runAt: new Date(at + firstWaitMs),
          maxAttempts: deletingAttempts,
        },
      )
    }
  }

  return async (db, run) => {
    for (;;) {
      const at = run.now().getTime()
      const without = { smdsAddresses: ofServers.waiting(at) }
      const events = await endedSmdsEvents(db, { after: new Date(at - deletionTriedForMs), without, limit: page })
      for (let from = 0; from < events.length; from += atOnce) {
        if (run.signal.aborted) return
        const silent = new Set(ofServers.waiting(run.now().getTime()))
        const some = events.slice(from, from + atOnce).filter(({ smdsAddress }) => !silent.has(smdsAddress))
        await Promise.all(some.map(event => take(db, event, run)))
      }
      if (events.length < page) return
    }
  }
}

/**
 * Goes on trying to delete an event that `endedEvents` could not, for 30 days; what the SM-DS said last is the job's error. Then it is a dead letter: devices find
 * there what this server refuses.
 */
export const deleteEndedEvent = (registrar: () => EventRegistrar): Job<{ db: Database }> =>
  defineJob({
    name: DELETE_EVENT_JOB,
    schema: z.object({ order: z.uuid() }),
    run: async ({ db }, { order }) => {
      const event = await endedSmdsEvent(db, order)
      if (!event) return
      await deleteOf(db, registrar(), event).catch((error: unknown) => {
        throw error instanceof RspError ? new TryAgain(whyNotDone(error)) : error
      })
    },
  })
