import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { addJob, removeJob } from '@/lib/db/jobs'
import { isEventOfOrder, lockSmdsEvent, noteOfJob } from '@/lib/db/partners/smds-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { TryAgain } from '@/lib/jobs/failure'
import { defineJob, type Job } from '@/lib/jobs/job'
import { RspError } from '@/lib/rsp/status'
import { DELETING_QUEUE, deletingAttempts } from './delete-ended'
import { type EventRegistrar, MayBeDone, type SmdsEvent, whyNotDone } from './registrar'

const LEFT_EVENT_JOB = 'delete-left-event'

// Longer than whoever registers an event can take to commit that it is the order's.
const committedWithinMs = 120_000
// By then an SM-DS that let us wait is spoken to again.
const firstLookMs = 20_000
// Until then a request may still arrive that nobody waits for any more.
const arrivesWithinMs = 600_000

const Note = z.object({
  smdsAddress: z.string(),
  eid: z.string(),
  eventId: z.string(),
  /** When it was about to be registered, milliseconds */
  at: z.int(),
  /** Which call that was */
  note: z.uuid(),
})
type Note = z.infer<typeof Note>

const keyOf = ({ smdsAddress, eid, eventId }: SmdsEvent): string =>
  `left-event:${createHash('sha256').update([smdsAddress.toLowerCase(), eid, eventId].join('\n')).digest('hex')}`

const eventOf = ({ smdsAddress, eid, eventId }: SmdsEvent): SmdsEvent => ({ smdsAddress, eid, eventId })

const lookAgain = (db: Queryable, note: Note, afterMs: number) =>
  addJob(db, LEFT_EVENT_JOB, note, {
    jobKey: keyOf(note),
    queueName: DELETING_QUEUE,
    runAt: new Date(note.at + afterMs),
    maxAttempts: deletingAttempts,
  })

/**
 * The same registrar, that writes down what it is about to register before it asks the SM-DS, not in the transaction of whoever orders: if that is rolled back, or
 * this process dies, the event that nobody knows of is deleted by `deleteLeftEvent`.
 */
export function remembering<Inner extends EventRegistrar>(db: () => Database, inner: Inner, now: () => Date = () => new Date()): Inner {
  return {
    ...inner,
    register: async event => {
      const note = { ...eventOf(event), at: now().getTime(), note: randomUUID() }
      const key = keyOf(note)
      const known = await transaction(db(), async tx => {
        await lockSmdsEvent(tx, key)
        const before = await noteOfJob(tx, key)
        await lookAgain(tx, note, committedWithinMs)
        return before !== undefined
      })
      try {
        await inner.register(event)
      } catch (error) {
        // What an earlier call may have left stays on the list. If the database is away, the job comes later, and that is all.
        const nothingLeft = !known && error instanceof RspError && !(error instanceof MayBeDone)
        await (nothingLeft ? removeJob(db(), key) : lookAgain(db(), note, firstLookMs)).catch(() => undefined)
        throw error
      }
    },
  }
}

/**
 * Deletes an event that was, or may have been, registered for an order that does not have it: the call failed, or was not committed. An event that an order has is
 * left to that order. Asked again after ten minutes, also when there was none: the request to register may be slower than the one to delete.
 */
export const deleteLeftEvent = (registrar: () => EventRegistrar): Job<{ db: Database; now(): Date }> =>
  defineJob({
    name: LEFT_EVENT_JOB,
    schema: Note,
    run: async ({ db, now }, note, { isLast }) => {
      const event = eventOf(note)
      const key = keyOf(note)
      const work = transaction(db, async tx => {
        await lockSmdsEvent(tx, key)
        // Another call has begun meanwhile, which has written a note of its own.
        if ((await noteOfJob(tx, key)) !== note.note) return
        if (await isEventOfOrder(tx, event, 'any order')) return
        await registrar().delete(event)
        if (now().getTime() < note.at + arrivesWithinMs) await lookAgain(tx, note, arrivesWithinMs)
      })
      await work.catch((error: unknown) => {
        if (!(error instanceof RspError)) throw error
        // A dead letter would keep the EID.
        if (isLast)
          console.warn(`${now().toISOString()} ES12: an event without an order stays on ${event.smdsAddress}: ${whyNotDone(error)}`)
        else throw new TryAgain(whyNotDone(error))
      })
    },
  })
