import { audit } from '@/lib/accounts/audit'
import type { OrderedProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import * as orders from '@/lib/orders/cancel-order'
import type { OrderEvent } from '@/lib/orders/smds-event'
import type { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import type { Es2Call, Executed } from './context'
import { deleteEvent } from './event'

export interface CancelOrderRequest {
  iccid: Iccid
  eid: Eid | undefined
  matchingId: MatchingId | undefined
  finalProfileStatusIndicator: orders.FinalProfileStatusIndicator
}

const cancellable: readonly ProfileState[] = ['Allocated', 'Linked', 'Confirmed', 'Released']

/**
 * ES2+.CancelOrder, SGP.22 §5.3.3. Stricter than staff may be: only orders whose package nobody has, and what the order has of EID and MatchingID must be
 * named.
 * @throws RspError as the verb of lib/orders, eidMissing, matchingIdMissing, smdsInaccessible, smdsError
 */
export async function cancelOrder(
  tx: Transaction,
  { orders: ctx, registrar, functionCallIdentifier }: Es2Call,
  request: CancelOrderRequest,
): Promise<Executed> {
  const { iccid, finalProfileStatusIndicator } = request
  let event: OrderEvent | undefined
  await orders.cancelOrder(tx, ctx, request, profile => {
    event = eventOf(profile)
    return refusalOf(profile, request)
  })
  await audit(tx, ctx.actor, 'order:cancel', {
    target: iccid,
    detail: { function: 'cancelOrder', functionCallIdentifier, finalProfileStatusIndicator },
  })
  if (event) await deleteEvent(tx, registrar, event)
  return { iccid, members: {} }
}

function refusalOf({ iccid, state, orderEid, matchingId }: OrderedProfile, request: CancelOrderRequest): RspError | undefined {
  if (!cancellable.includes(state)) return new RspError('iccidInUse', `${iccid} is ${state}.`)
  if (orderEid !== null && request.eid === undefined) return new RspError('eidMissing', iccid)
  // The empty one of a default SM-DP+ order need not be named.
  if (matchingId && request.matchingId === undefined) return new RspError('matchingIdMissing', iccid)
  return undefined
}

const eventOf = ({ orderId, orderEid: eid, matchingId: eventId, smdsAddress, smdsEvent }: OrderedProfile): OrderEvent | undefined =>
  smdsEvent === 'registered' && orderId && eid && eventId && smdsAddress ? { orderId, eid, eventId, smdsAddress } : undefined
