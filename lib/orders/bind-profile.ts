import { bindOrder } from '@/lib/db/bind-order'
import { lockProfile, type OrderedProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { Eid, Iccid } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { downloadOrder, type OrderFacts } from './download-order'
import { requireDeviceOfPolicy } from './reuse/device-of-policy'

type Held = OrderedProfile & { orderId: string }

export interface BindProfileInput extends OrderFacts {
  iccid: Iccid
  eid: Eid
}

/**
 * Makes a profile one eUICC's: reserves it (Available), links its order (Allocated), or changes for which eUICC its order is, as long as no device
 * has taken the package.
 * @returns the state that it is in now
 * @throws RspError iccidUnknown, iccidInUse; StaleState
 */
export async function bindProfile(tx: Transaction, ctx: OrderContext, { iccid, eid, ...facts }: BindProfileInput): Promise<ProfileState> {
  const profile = await hold(tx, iccid)
  if (profile.state === 'Available') {
    await downloadOrder(tx, ctx, { iccid, eid, ...facts })
    return 'Linked'
  }
  const held = untaken(profile)
  return held.orderEid === eid ? held.state : changeEid(tx, ctx, held, eid)
}

/**
 * Lets the order be any eUICC's again. Default SM-DP+ orders are found by their EID and cannot.
 * @returns the state that the profile is in now
 * @throws RspError iccidUnknown, iccidInUse, eidMissing; StaleState
 */
export async function unbindProfile(tx: Transaction, ctx: OrderContext, { iccid }: { iccid: Iccid }): Promise<ProfileState> {
  const held = untaken(await hold(tx, iccid))
  if (held.orderEid === null) throw new RspError('iccidInUse', 'This profile is not bound to an eUICC.')
  if (held.matchingId === '')
    throw new RspError(
      'eidMissing',
      'This order has no matching ID: the device finds it by its EID alone. Bind it to another EID, or cancel the order.',
    )
  return changeEid(tx, ctx, held, null)
}

async function hold(tx: Transaction, iccid: Iccid): Promise<OrderedProfile> {
  const profile = await lockProfile(tx, iccid)
  if (!profile) throw new RspError('iccidUnknown', iccid)
  return profile
}

/** A profile with an order whose package nobody has. @throws RspError iccidInUse */
function untaken(profile: OrderedProfile): Held {
  const { state, orderId, claimedEid } = profile
  if (claimedEid !== null)
    throw new RspError('iccidInUse', `The eUICC ${claimedEid} has taken this profile already, so it cannot be made another one’s.`)
  if (orderId === null || !['Allocated', 'Linked', 'Confirmed', 'Released'].includes(state))
    throw new RspError('iccidInUse', `The profile is ${state}: there is no order that could be for another eUICC.`)
  return { ...profile, orderId }
}

async function changeEid(
  tx: Transaction,
  { actor, now }: OrderContext,
  { iccid, orderId, state, orderEid }: Held,
  eid: Eid | null,
): Promise<ProfileState> {
  await requireDeviceOfPolicy(tx, iccid, eid)
  return bindOrder(tx, {
    iccid,
    orderId,
    state,
    event: state === 'Allocated' ? 'link' : state === 'Linked' && eid === null ? 'unlink' : undefined,
    at: now,
    seenEid: orderEid,
    eid,
    timeline: {
      at: now,
      iccid,
      orderId,
      eid: eid ?? undefined,
      actor: actor.name,
      kind: eid === null ? 'unbind' : 'bind',
      outcome: 'ok',
      ...(orderEid === null ? {} : { data: { from: orderEid } }),
    },
  })
}
