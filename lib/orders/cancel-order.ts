import { moveProfile } from '@/lib/db/move-profile'
import { lockProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { type ProfileState, statesBefore } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'

export const FINAL_STATUS = ['Available', 'Unavailable'] as const
export type FinalProfileStatusIndicator = (typeof FINAL_STATUS)[number]

export interface CancelOrderInput {
  iccid: Iccid
  finalProfileStatusIndicator: FinalProfileStatusIndicator
  /** Must be the order's when given */
  eid?: Eid | undefined
  matchingId?: MatchingId | undefined
}

const EVENT = { Available: 'cancelToAvailable', Unavailable: 'cancelToUnavailable' } as const

/**
 * ES2+.CancelOrder, SGP.22 §5.3.3: ends the order; the profile returns to stock or is taken out of use. A profile whose package
 * was given to an eUICC cannot return to stock, also after an error: its keys have left the server.
 * @throws RspError iccidUnknown, iccidInUse, eidAssociationInvalid, matchingIdAssociationInvalid
 */
export async function cancelOrder(tx: Transaction, ctx: OrderContext, input: CancelOrderInput): Promise<ProfileState> {
  const profile = await lockProfile(tx, input.iccid)
  if (!profile) throw new RspError('iccidUnknown', input.iccid)
  const { iccid, orderId, state, orderEid, matchingId, claimedEid } = profile
  const event = EVENT[input.finalProfileStatusIndicator]
  if (!statesBefore(event).includes(state)) throw new RspError('iccidInUse', `${input.iccid} is ${state}.`)
  if (input.finalProfileStatusIndicator === 'Available' && claimedEid !== null)
    throw new RspError('iccidInUse', `The package of ${iccid} was given to the eUICC ${claimedEid}.`)
  if (input.eid !== undefined && input.eid !== orderEid) throw new RspError('eidAssociationInvalid', iccid)
  if (input.matchingId !== undefined && input.matchingId !== matchingId) throw new RspError('matchingIdAssociationInvalid', iccid)
  return moveProfile(tx, {
    iccid,
    orderId,
    from: [state],
    event,
    at: ctx.now,
    ...(orderId ? { closeAs: 'cancelled' as const } : {}),
    forgetDevice: input.finalProfileStatusIndicator === 'Available',
    timeline: {
      at: ctx.now,
      iccid,
      orderId: orderId ?? undefined,
      actor: ctx.actor.name,
      kind: 'cancelOrder',
      outcome: 'ok',
      data: { finalProfileStatusIndicator: input.finalProfileStatusIndicator, from: state },
    },
  })
}
