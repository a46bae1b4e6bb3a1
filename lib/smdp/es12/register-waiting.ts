import { moveSmdsEvent, readWaitingEvent } from '@/lib/db/partners/smds-rows'
import type { Queryable } from '@/lib/db/pool'
import type { EventRegistrar } from './registrar'

/**
 * Registers the event of an order that staff have released. An order that has ended meanwhile is left to those who delete events, also where only a run before
 * this one, that did not come to its end, may have registered it.
 * @throws RspError smdsInaccessible, smdsError
 */
export async function registerWaiting(
  db: Queryable,
  registrar: EventRegistrar,
  { orderId, again }: { orderId: string; again: boolean },
): Promise<void> {
  const order = await readWaitingEvent(db, orderId)
  if (order?.smdsEvent !== 'waiting') return
  const { smdsAddress, eid, eventId, state } = order
  const released = state === 'Released' || state === 'Downloaded'
  if (released && eid && eventId) await registrar.register({ smdsAddress, eid, eventId })
  if (released || (again && state === null)) await moveSmdsEvent(db, orderId, 'waiting', 'registered')
}
