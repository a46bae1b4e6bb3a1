import { moveProfile } from '@/lib/db/move-profile'
import { lockProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'

/** ES2+.ReleaseProfile, SGP.22 §5.3.4. @throws RspError iccidUnknown, releaseNotPossible */
export async function releaseProfile(tx: Transaction, ctx: OrderContext, { iccid }: { iccid: Iccid }): Promise<void> {
  const profile = await lockProfile(tx, iccid)
  if (!profile) throw new RspError('iccidUnknown', iccid)
  const { orderId, state } = profile
  if (state !== 'Confirmed') throw new RspError('releaseNotPossible', `The profile is ${state}.`)
  await moveProfile(tx, {
    iccid,
    orderId,
    from: ['Confirmed'],
    event: 'release',
    at: ctx.now,
    timeline: { at: ctx.now, iccid, orderId: orderId ?? undefined, actor: ctx.actor.name, kind: 'releaseProfile', outcome: 'ok' },
  })
}
