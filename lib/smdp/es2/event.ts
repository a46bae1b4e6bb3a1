import { writeSmdsEvent } from '@/lib/db/partners/order-owner-rows'
import type { Transaction } from '@/lib/db/pool'
import type { OrderEvent } from '@/lib/orders/smds-event'
import { RspError } from '@/lib/rsp/status'
import type { EventRegistrar } from '../es12/registrar'

/**
 * Puts an order on its SM-DS before its release is committed: without the event the order stays as it was, and an event that was left behind by a crash is
 * found there, and counts, when the call is made again.
 * @throws RspError smdsInaccessible, smdsError
 */
export async function registerEvent(
  tx: Transaction,
  registrar: EventRegistrar | undefined,
  { orderId, ...event }: OrderEvent,
): Promise<void> {
  await known(registrar).register(event)
  await writeSmdsEvent(tx, orderId, 'registered')
}

/** Takes it away before the end of the order is committed. @throws RspError smdsInaccessible, smdsError */
export async function deleteEvent(
  tx: Transaction,
  registrar: EventRegistrar | undefined,
  { orderId, ...event }: OrderEvent,
): Promise<void> {
  await known(registrar).delete(event)
  await writeSmdsEvent(tx, orderId, 'deleted')
}

function known(registrar: EventRegistrar | undefined): EventRegistrar {
  if (!registrar) throw new RspError('smdsInaccessible', 'This server speaks to no SM-DS.')
  return registrar
}
