import { moveProfile } from '@/lib/db/move-profile'
import { lockProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { notOfPartner } from './partner-access'
import type { OrderEvent } from './smds-event'

/**
 * ES2+.ReleaseProfile, SGP.22 §5.3.4.
 * @returns what the order's SM-DS is to be told now, if it has one
 * @throws RspError iccidUnknown, iccidNotAllowed, releaseNotPossible
 */
export async function releaseProfile(tx: Transaction, ctx: OrderContext, { iccid }: { iccid: Iccid }): Promise<OrderEvent | undefined> {
  const profile = await lockProfile(tx, iccid)
  if (!profile) throw new RspError('iccidUnknown', iccid)
  const notTheir = (await notOfPartner(tx, ctx.partner, [profile])).get(iccid)
  if (notTheir) throw notTheir
  const { orderId, state, smdsAddress, orderEid, matchingId } = profile
  if (state !== 'Confirmed') throw new RspError('releaseNotPossible', `The profile is ${state}.`)
  await moveProfile(tx, {
    iccid,
    orderId,
    from: ['Confirmed'],
    event: 'release',
    at: ctx.now,
    timeline: { at: ctx.now, iccid, orderId: orderId ?? undefined, actor: ctx.actor.name, kind: 'releaseProfile', outcome: 'ok' },
  })
  return orderId && smdsAddress && orderEid && matchingId ? { orderId, smdsAddress, eid: orderEid, eventId: matchingId } : undefined
}
