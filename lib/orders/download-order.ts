import { randomUUID } from 'node:crypto'
import { moveProfile } from '@/lib/db/move-profile'
import { insertOrder, lockProfile, type OrderedProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { takeAvailable } from './take-available'

export interface DownloadOrderInput {
  iccid?: Iccid | undefined
  profileType?: string | undefined
  eid?: Eid | undefined
}

/**
 * ES2+.DownloadOrder, SGP.22 §5.3.1: reserves a profile, for one eUICC when an EID is given (Linked), else for any (Allocated).
 * @throws RspError iccidUnknown, iccidInUse, profileTypeUnknown, profileTypeExhausted, profileTypeMismatch, fieldMissing
 */
export async function downloadOrder(
  tx: Transaction,
  ctx: OrderContext,
  input: DownloadOrderInput,
): Promise<{ iccid: string; orderId: string }> {
  const profile = await choose(tx, input)
  const orderId = randomUUID()
  const { iccid, downloadLimit, confirmationLimit } = profile
  const order = {
    id: orderId,
    iccid,
    eid: input.eid ?? null,
    downloadLimit,
    confirmationLimit,
    createdAt: ctx.now,
    createdBy: ctx.actor.name,
  }
  await insertOrder(tx, order)
  await moveProfile(tx, {
    iccid,
    orderId: null,
    from: ['Available'],
    event: input.eid ? 'link' : 'allocate',
    at: ctx.now,
    opens: orderId,
    forgetDevice: true,
    timeline: { at: ctx.now, iccid, orderId, eid: input.eid, actor: ctx.actor.name, kind: 'downloadOrder', outcome: 'ok' },
  })
  return { iccid, orderId }
}

async function choose(tx: Transaction, { iccid, profileType }: DownloadOrderInput): Promise<OrderedProfile> {
  if (iccid) {
    const profile = await lockProfile(tx, iccid)
    if (!profile) throw new RspError('iccidUnknown', iccid)
    if (profileType && profile.typeName !== profileType) throw new RspError('profileTypeMismatch', profile.typeName)
    if (profile.state !== 'Available') throw new RspError('iccidInUse', `${iccid} is ${profile.state}.`)
    return profile
  }
  if (!profileType) throw new RspError('fieldMissing', 'iccid or profileType')
  const [profile] = await takeAvailable(tx, profileType, 1)
  if (!profile) throw new RspError('profileTypeExhausted', profileType)
  return profile
}
