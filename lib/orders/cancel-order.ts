import { revokeLinksOf } from '@/lib/db/customer-link-rows'
import { moveOrdered } from '@/lib/db/move-profiles'
import { lockProfiles, type OrderedProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import { customersOwn } from '@/lib/db/reuse-rows'
import type { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { nextState, type ProfileState } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { notOfPartner } from './partner-access'

export const FINAL_STATUS = ['Available', 'Unavailable'] as const
export type FinalProfileStatusIndicator = (typeof FINAL_STATUS)[number]

/** Which order is cancelled. */
export interface Cancellable {
  iccid: Iccid
  /** Must be the order's when given */
  eid?: Eid | undefined
  matchingId?: MatchingId | undefined
}

export interface CancelOrderInput extends Cancellable {
  finalProfileStatusIndicator: FinalProfileStatusIndicator
}

export type Cancelled = { iccid: Iccid; state: ProfileState; refusal?: undefined } | { iccid: Iccid; refusal: RspError }

type CancelContext = Pick<OrderContext, 'actor' | 'now' | 'partner'>

/** Why a profile is left as it is, for a reason of the caller's own. */
export type Unless = (profile: OrderedProfile) => RspError | undefined

export const CANCEL_EVENT = { Available: 'cancelToAvailable', Unavailable: 'cancelToUnavailable' } as const

/**
 * ES2+.CancelOrder, SGP.22 §5.3.3: ends the order; the profile returns to stock or is taken out of use. A profile whose package
 * was given to an eUICC cannot return to stock, also after an error or under an order for the next device: its keys have left the server.
 * The customer's links end with it.
 * @throws RspError iccidUnknown, iccidNotAllowed, iccidInUse, eidAssociationInvalid, matchingIdAssociationInvalid
 */
export async function cancelOrder(
  tx: Transaction,
  ctx: CancelContext,
  { finalProfileStatusIndicator, ...input }: CancelOrderInput,
  unless?: Unless,
): Promise<ProfileState> {
  const [cancelled] = await cancelOrders(tx, ctx, [input], finalProfileStatusIndicator, unless)
  if (!cancelled || cancelled.refusal) throw cancelled?.refusal ?? new RspError('iccidUnknown', input.iccid)
  return cancelled.state
}

/**
 * The same for many, by a few statements. @returns what became of each, in the order given: a refusal changes nothing
 * @param unless leaves a profile as it is, with this refusal
 */
export async function cancelOrders(
  tx: Transaction,
  { actor, now, partner }: CancelContext,
  inputs: readonly Cancellable[],
  finalProfileStatusIndicator: FinalProfileStatusIndicator,
  unless: Unless = () => undefined,
): Promise<Cancelled[]> {
  const event = CANCEL_EVENT[finalProfileStatusIndicator]
  const profiles = await lockProfiles(
    tx,
    inputs.map(({ iccid }) => iccid),
  )
  const notTheirs = await notOfPartner(tx, partner, profiles.values())
  // A customer's profile does not become anybody's with its order.
  const owned = finalProfileStatusIndicator === 'Available' ? await customersOwn(tx, [...profiles.keys()]) : new Map<string, never>()
  const good: OrderedProfile[] = []
  const cancelled = inputs.map((input): Cancelled => {
    const { iccid } = input
    const profile = profiles.get(iccid)
    if (!profile) return { iccid, refusal: new RspError('iccidUnknown', iccid) }
    const notTheir = notTheirs.get(iccid)
    if (notTheir) return { iccid, refusal: notTheir }
    const state = nextState(profile.state, event)
    const refusal = state ? (unless(profile) ?? refusalOf(profile, input, finalProfileStatusIndicator, owned.get(iccid))) : undefined
    if (!state || refusal) return { iccid, refusal: refusal ?? new RspError('iccidInUse', `${iccid} is ${profile.state}.`) }
    profiles.delete(iccid)
    good.push(profile)
    return { iccid, state }
  })
  const forgetDevice = finalProfileStatusIndicator === 'Available'
  const common = { at: now, actor: actor.name, kind: 'cancelOrder', closeAs: 'cancelled', forgetDevice } as const
  await moveOrdered(
    tx,
    good.map(({ iccid, orderId, state }) => ({ iccid, orderId, from: state, event, data: { finalProfileStatusIndicator, from: state } })),
    common,
  )
  await revokeLinksOf(
    tx,
    good.map(({ iccid }) => iccid),
    { by: actor.name, at: now },
  )
  return cancelled
}

function refusalOf(
  { iccid, claimedEid, orderEid, matchingId }: OrderedProfile,
  input: Cancellable,
  finalProfileStatusIndicator: FinalProfileStatusIndicator,
  owned: keyof typeof OWNED | undefined,
): RspError | undefined {
  if (finalProfileStatusIndicator === 'Available' && claimedEid !== null)
    return new RspError('iccidInUse', `The package of ${iccid} was given to the eUICC ${claimedEid}.`)
  if (owned) return new RspError('iccidInUse', `${iccid} ${OWNED[owned]}: it does not go back to stock.`)
  if (input.eid !== undefined && input.eid !== orderEid) return new RspError('eidAssociationInvalid', iccid)
  if (input.matchingId !== undefined && input.matchingId !== matchingId) return new RspError('matchingIdAssociationInvalid', iccid)
  return undefined
}

const OWNED = {
  reissue: 'was on a device before, and this order was for the next one',
  replacement: 'has taken the place of another profile, and the network may know it as that customer’s',
}
