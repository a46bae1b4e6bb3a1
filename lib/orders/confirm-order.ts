import { moveProfile } from '@/lib/db/move-profile'
import { confirmOrderRow, lockProfile, type OrderedProfile } from '@/lib/db/order-rows'
import { isUniqueViolation, type Transaction } from '@/lib/db/pool'
import { hashConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, type Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { newConfirmationCode } from './confirmation-code'
import type { OrderContext } from './context'
import { newMatchingId } from './matching-id'

export interface ConfirmOrderInput {
  iccid: Iccid
  eid?: Eid | undefined
  /** Left out: one is made. Empty: a default SM-DP+ order, found by its EID. */
  matchingId?: MatchingId | undefined
  /** Null: none. Left out: the profile type decides. */
  confirmationCode?: string | null | undefined
  /** Where the type asks for a confirmation code and none is given: make one, for callers who can hand it on. */
  makeConfirmationCode?: boolean
  /** True: ready for download at once; false: waits for releaseProfile. */
  releaseFlag: boolean
  /** Null: without end. Left out: as long as orders of the profile type are valid. */
  expiresAt?: Date | null | undefined
}

export interface ConfirmedOrder {
  matchingId: MatchingId
  eid: Eid | undefined
  confirmationCodeRequired: boolean
  /** The one that was made: kept as a hash only, so this is the moment to show it. */
  madeConfirmationCode?: string
  expiresAt: Date | null
}

/**
 * ES2+.ConfirmOrder, SGP.22 §5.3.2: fixes MatchingID, EID, confirmation code and expiry of an order; what is left out is as the profile
 * type has it.
 * @throws RspError iccidUnknown, iccidInUse, eidAssociationInvalid, eidMissing, matchingIdInUse, confirmationCodeMissing
 */
export async function confirmOrder(tx: Transaction, ctx: OrderContext, input: ConfirmOrderInput): Promise<ConfirmedOrder> {
  const profile = await lockProfile(tx, input.iccid)
  if (!profile) throw new RspError('iccidUnknown', input.iccid)
  const { iccid, orderId, state, orderEid } = profile
  if (!orderId || (state !== 'Allocated' && state !== 'Linked')) throw new RspError('iccidInUse', `${input.iccid} is ${state}.`)
  if (input.eid && orderEid && input.eid !== orderEid) throw new RspError('eidAssociationInvalid', iccid)
  const eid = input.eid ?? (orderEid ? Eid.parse(orderEid) : undefined)
  const matchingId = input.matchingId ?? newMatchingId(ctx.random)
  if (matchingId === '' && !eid) throw new RspError('eidMissing')

  const { code, made } = codeOf(ctx, profile, input)
  const confirmationCodeHash = code ? ctx.vault.seal(hashConfirmationCode(code), `confirmation_code:${orderId}`) : null
  const expiresAt = input.expiresAt === undefined ? defaultExpiry(ctx.now, profile) : input.expiresAt
  const row = { eid: eid ?? null, matchingId, smdpAddress: ctx.smdpAddress, confirmationCodeHash, expiresAt }
  try {
    await confirmOrderRow(tx, orderId, row)
  } catch (error) {
    if (isUniqueViolation(error, 'download_order_open_matching_id')) throw new RspError('matchingIdInUse', matchingId)
    throw error
  }
  await moveProfile(tx, {
    iccid,
    orderId,
    from: [state],
    event: input.releaseFlag ? 'confirmAndRelease' : 'confirm',
    at: ctx.now,
    timeline: {
      at: ctx.now,
      iccid,
      orderId,
      eid,
      actor: ctx.actor.name,
      kind: 'confirmOrder',
      outcome: 'ok',
      data: { released: input.releaseFlag, confirmationCodeRequired: confirmationCodeHash !== null, expiresAt },
    },
  })
  const confirmationCodeRequired = confirmationCodeHash !== null
  return { matchingId, eid, confirmationCodeRequired, expiresAt, ...(made ? { madeConfirmationCode: made } : {}) }
}

function codeOf(
  ctx: OrderContext,
  { iccid, confirmationCodeRequired }: OrderedProfile,
  { confirmationCode, makeConfirmationCode }: ConfirmOrderInput,
): { code?: string | undefined; made?: string } {
  if (confirmationCode !== undefined) return { code: confirmationCode ?? undefined }
  if (!confirmationCodeRequired) return {}
  if (!makeConfirmationCode) throw new RspError('confirmationCodeMissing', iccid)
  const made = newConfirmationCode(ctx.random)
  return { code: made, made }
}

const dayMs = 86_400_000

const defaultExpiry = (now: Date, { orderValidDays }: OrderedProfile): Date | null =>
  orderValidDays === null ? null : new Date(now.getTime() + orderValidDays * dayMs)
