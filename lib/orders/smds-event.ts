import { addJob } from '@/lib/db/jobs'
import { REGISTER_KEY } from '@/lib/db/partners/smds-rows'
import type { Transaction } from '@/lib/db/pool'

/** How long after an order has ended this server goes on trying to delete its event. */
export const deletionTriedForMs = 30 * 86_400_000

/** What an SM-DS is told of an order: a device with this EID that asks there finds the order by its EventID, which is the MatchingID. */
export interface OrderEvent {
  orderId: string
  /** Host name of the SM-DS, with a port where it has one of its own */
  smdsAddress: string
  eid: string
  eventId: string
}

/** The job that registers an order's event; its payload is `{ order }`. */
export const REGISTER_EVENT_JOB = 'register-event'

/** Has a server tell the SM-DS of released orders, once the transaction is committed; tried again for days. */
export async function registerLater(tx: Transaction, events: Iterable<Pick<OrderEvent, 'orderId'> | undefined>): Promise<void> {
  for (const event of events)
    if (event)
      await addJob(tx, REGISTER_EVENT_JOB, { order: event.orderId }, { jobKey: `${REGISTER_KEY}${event.orderId}`, queueName: 'smds' })
}
