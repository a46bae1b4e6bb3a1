import { isUniqueViolation } from '@/lib/db/failures'
import { moveOrdered } from '@/lib/db/move-profiles'
import { confirmOrderRows, lockProfiles, type OrderedProfile } from '@/lib/db/order-rows'
import { type Transaction } from '@/lib/db/pool'
import { hashConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, type Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { newConfirmationCode } from './confirmation-code'
import type { OrderContext } from './context'
import { newMatchingId } from './matching-id'
import { notOfPartner } from './partner-access'
import type { OrderEvent } from './smds-event'

/** Which order is confirmed. */
export interface Confirmable {
  iccid: Iccid
  eid?: Eid | undefined
  /** Left out: one is made. Empty: a default SM-DP+ order, found by its EID. */
  matchingId?: MatchingId | undefined
}

export interface ConfirmationTerms {
  /** Null: none. Left out: the profile type decides. */
  confirmationCode?: string | null | undefined
  /** For callers who can hand it on. true: where the type asks for a code and none is given, make one; always: make one whatever the type asks. */
  makeConfirmationCode?: boolean | 'always' | undefined
  /** True: ready for download at once; false: waits for releaseProfile. */
  releaseFlag: boolean
  /** Null: without end. Left out: as long as orders of the profile type are valid. */
  expiresAt?: Date | null | undefined
  /** Host name of the SM-DS on which the device is to find the order; it is kept as waiting to be registered there. */
  smdsAddress?: string | undefined
}

export interface ConfirmOrderInput extends Confirmable, ConfirmationTerms {}

export interface ConfirmedOrder {
  matchingId: MatchingId
  eid: Eid | undefined
  confirmationCodeRequired: boolean
  /** The one that was made: kept as a hash only, so this is the moment to show it. */
  madeConfirmationCode?: string
  expiresAt: Date | null
  /** What an SM-DS is to be told as soon as the order is released */
  event?: OrderEvent
}

export type Confirmed = (ConfirmedOrder & { refusal?: undefined }) | { refusal: RspError }

/**
 * ES2+.ConfirmOrder, SGP.22 §5.3.2: fixes MatchingID, EID, confirmation code and expiry of an order; what is left out is as the profile
 * type has it.
 * @throws RspError iccidUnknown, iccidNotAllowed, iccidInUse, eidAssociationInvalid, eidMissing, matchingIdInvalid, matchingIdInUse,
 * confirmationCodeMissing
 */
export async function confirmOrder(tx: Transaction, ctx: OrderContext, input: ConfirmOrderInput): Promise<ConfirmedOrder> {
  const [confirmed] = await confirmOrders(tx, ctx, [input], input)
  if (!confirmed || confirmed.refusal) throw confirmed?.refusal ?? new RspError('iccidUnknown', input.iccid)
  return confirmed
}

interface Decision extends ConfirmedOrder {
  profile: OrderedProfile
  orderId: string
  confirmationCodeHash: Buffer | null
}

/**
 * The same for many on the same terms, by a few statements. @returns what became of each, in the order given: a refusal changes nothing
 * @throws RspError matchingIdInUse
 */
export async function confirmOrders(
  tx: Transaction,
  ctx: OrderContext,
  inputs: readonly Confirmable[],
  terms: ConfirmationTerms,
): Promise<Confirmed[]> {
  const profiles = await lockProfiles(
    tx,
    inputs.map(({ iccid }) => iccid),
  )
  const notTheirs = await notOfPartner(tx, ctx.partner, profiles.values())
  const decided = inputs.map(input => {
    const decision = notTheirs.get(input.iccid) ?? decide(ctx, profiles.get(input.iccid), input, terms)
    if (!(decision instanceof RspError)) profiles.delete(input.iccid)
    return decision
  })
  const good = decided.filter((decision): decision is Decision => !(decision instanceof RspError))
  await fix(tx, ctx, good)
  await moveOrdered(
    tx,
    good.map(({ profile: { iccid, state }, orderId, eid, confirmationCodeRequired, expiresAt }) => ({
      iccid,
      orderId,
      from: state,
      event: terms.releaseFlag ? 'confirmAndRelease' : 'confirm',
      eid,
      data: { released: terms.releaseFlag, confirmationCodeRequired, expiresAt },
    })),
    { at: ctx.now, actor: ctx.actor.name, kind: 'confirmOrder' },
  )
  return decided.map((decision): Confirmed => {
    if (decision instanceof RspError) return { refusal: decision }
    const { profile: _, orderId: __, confirmationCodeHash: ___, ...confirmed } = decision
    return confirmed
  })
}

function decide(ctx: OrderContext, profile: OrderedProfile | undefined, input: Confirmable, terms: ConfirmationTerms): Decision | RspError {
  if (!profile) return new RspError('iccidUnknown', input.iccid)
  const { iccid, orderId, state, orderEid } = profile
  if (!orderId || (state !== 'Allocated' && state !== 'Linked')) return new RspError('iccidInUse', `${iccid} is ${state}.`)
  if (input.eid && orderEid && input.eid !== orderEid) return new RspError('eidAssociationInvalid', iccid)
  const eid = input.eid ?? (orderEid ? Eid.parse(orderEid) : undefined)
  const matchingId = input.matchingId ?? newMatchingId(ctx.random)
  const { smdsAddress } = terms
  if (!eid && (matchingId === '' || smdsAddress)) return new RspError('eidMissing')
  // The EventID is the MatchingID, and an event without a name cannot be taken away again.
  if (matchingId === '' && smdsAddress) return new RspError('matchingIdInvalid', 'An order on an SM-DS needs a matching ID.')
  const chosen = codeOf(ctx, profile, terms)
  if (chosen instanceof RspError) return chosen
  const { code, made } = chosen
  const confirmationCodeHash = code ? ctx.vault.seal(hashConfirmationCode(code), `confirmation_code:${orderId}`) : null
  return {
    profile,
    orderId,
    confirmationCodeHash,
    matchingId,
    eid,
    confirmationCodeRequired: confirmationCodeHash !== null,
    expiresAt: terms.expiresAt === undefined ? defaultExpiry(ctx.now, profile) : terms.expiresAt,
    ...(made ? { madeConfirmationCode: made } : {}),
    ...(eid && smdsAddress ? { event: { orderId, smdsAddress, eid, eventId: matchingId } } : {}),
  }
}

async function fix(tx: Transaction, ctx: OrderContext, decisions: Decision[]): Promise<void> {
  const rows = decisions.map(({ orderId, eid, matchingId, confirmationCodeHash, expiresAt, event }) => ({
    orderId,
    eid: eid ?? null,
    matchingId,
    confirmationCodeHash,
    expiresAt,
    smdsAddress: event?.smdsAddress ?? null,
  }))
  try {
    await confirmOrderRows(tx, ctx.smdpAddress, rows)
  } catch (error) {
    if (!isUniqueViolation(error, 'download_order_open_matching_id')) throw error
    throw new RspError('matchingIdInUse', decisions.length === 1 ? decisions[0]?.matchingId : undefined)
  }
}

function codeOf(
  ctx: OrderContext,
  { iccid, confirmationCodeRequired }: OrderedProfile,
  { confirmationCode, makeConfirmationCode }: ConfirmationTerms,
): { code?: string | undefined; made?: string } | RspError {
  if (confirmationCode !== undefined) return { code: confirmationCode ?? undefined }
  if (!confirmationCodeRequired && makeConfirmationCode !== 'always') return {}
  if (!makeConfirmationCode) return new RspError('confirmationCodeMissing', iccid)
  const made = newConfirmationCode(ctx.random)
  return { code: made, made }
}

const dayMs = 86_400_000

const defaultExpiry = (now: Date, { orderValidDays }: OrderedProfile): Date | null =>
  orderValidDays === null ? null : new Date(now.getTime() + orderValidDays * dayMs)
