import { moveProfile } from '@/lib/db/move-profile'
import { confirmOrderRow, lockProfile } from '@/lib/db/order-rows'
import { isUniqueViolation, type Transaction } from '@/lib/db/pool'
import { hashConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, type Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { newMatchingId } from './matching-id'

export interface ConfirmOrderInput {
  iccid: Iccid
  eid?: Eid | undefined
  /** Left out: one is made. Empty: a default SM-DP+ order, found by its EID. */
  matchingId?: MatchingId | undefined
  confirmationCode?: string | undefined
  /** True: ready for download at once; false: waits for releaseProfile. */
  releaseFlag: boolean
  expiresAt?: Date | undefined
}

/**
 * ES2+.ConfirmOrder, SGP.22 §5.3.2: fixes MatchingID, EID and confirmation code of an order.
 * @throws RspError iccidUnknown, iccidInUse, eidAssociationInvalid, eidMissing, matchingIdInUse
 */
export async function confirmOrder(
  tx: Transaction,
  ctx: OrderContext,
  input: ConfirmOrderInput,
): Promise<{ matchingId: MatchingId; eid: Eid | undefined }> {
  const profile = await lockProfile(tx, input.iccid)
  if (!profile) throw new RspError('iccidUnknown', input.iccid)
  const { iccid, orderId, state, orderEid } = profile
  if (!orderId || (state !== 'Allocated' && state !== 'Linked')) throw new RspError('iccidInUse', `${input.iccid} is ${state}.`)
  if (input.eid && orderEid && input.eid !== orderEid) throw new RspError('eidAssociationInvalid', iccid)
  const eid = input.eid ?? (orderEid ? Eid.parse(orderEid) : undefined)
  const matchingId = input.matchingId ?? newMatchingId(ctx.random)
  if (matchingId === '' && !eid) throw new RspError('eidMissing')

  const confirmationCodeHash = input.confirmationCode
    ? ctx.vault.seal(hashConfirmationCode(input.confirmationCode), `confirmation_code:${orderId}`)
    : null
  const row = { eid: eid ?? null, matchingId, smdpAddress: ctx.smdpAddress, confirmationCodeHash, expiresAt: input.expiresAt ?? null }
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
      data: { released: input.releaseFlag, confirmationCodeRequired: confirmationCodeHash !== null, expiresAt: row.expiresAt },
    },
  })
  return { matchingId, eid }
}
