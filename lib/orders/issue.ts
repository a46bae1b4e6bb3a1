import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { lockProfiles } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, Iccid, MatchingId, TypedEid } from '@/lib/rsp/identifiers'
import { orderActivationCode } from './activation-code'
import { confirmOrder } from './confirm-order'
import type { OrderContext } from './context'
import { downloadOrder } from './download-order'
import { takeAvailable } from './take-available'

export const mostIssuedAtOnce = 10_000

const common = {
  eid: z.union([Eid, TypedEid]).optional(),
  matchingId: MatchingId.optional(),
  /** Null: none. Left out: where the profile type asks for one, it is made. */
  confirmationCode: ConfirmationCode.nullish(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.date().nullish(),
}

/** Profiles by name, or a number of them of a type. */
export const IssueInput = z.union([
  z.object({ iccids: z.array(Iccid).min(1).max(mostIssuedAtOnce), ...common }),
  z.object({ type: z.string().min(1), count: z.int().min(1).max(mostIssuedAtOnce), ...common }),
])
export type IssueInput = z.infer<typeof IssueInput>

export interface Issued {
  iccid: string
  orderId: string
  matchingId: MatchingId
  activationCode: string
  confirmationCodeRequired: boolean
  /** A code that was made because the profile type asks for one; it is told here and never again. */
  confirmationCode?: string
}

/**
 * Orders, confirms and releases profiles and answers their activation codes: downloadOrder and confirmOrder as ES2+ calls them, all or none.
 * @throws RspError, FormError, NotAllowed
 */
export async function issue(db: Database, ctx: OrderContext, input: IssueInput): Promise<Issued[]> {
  requireMay(ctx.actor, 'order:issue')
  const count = 'iccids' in input ? input.iccids.length : input.count
  if (count > 1 && input.matchingId)
    throw new FormError('A matching ID names one order. Issue one profile, or leave the matching ID out.', {
      matchingId: 'One profile only',
    })
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  return transaction(db, async tx => {
    if ('iccids' in input) await lockProfiles(tx, input.iccids)
    const iccids = 'iccids' in input ? input.iccids : (await takeAvailable(tx, input.type, input.count)).map(profile => profile.iccid)
    const issued: Issued[] = []
    for (const iccid of iccids) issued.push(await issueOne(tx, ctx, Iccid.parse(iccid), input))
    return issued
  })
}

async function issueOne(
  tx: Transaction,
  ctx: OrderContext,
  iccid: Iccid,
  { eid, matchingId: ownMatchingId, confirmationCode, expiresAt }: IssueInput,
): Promise<Issued> {
  const { orderId } = await downloadOrder(tx, ctx, { iccid, eid })
  const confirmed = await confirmOrder(tx, ctx, {
    iccid,
    matchingId: ownMatchingId,
    confirmationCode,
    makeConfirmationCode: true,
    releaseFlag: true,
    expiresAt,
  })
  const { matchingId, confirmationCodeRequired, madeConfirmationCode } = confirmed
  const detail = { orderId, eid, confirmationCodeRequired, expiresAt: confirmed.expiresAt }
  await audit(tx, ctx.actor, 'order:issue', { target: iccid, detail })
  const activationCode = orderActivationCode({ matchingId, smdpAddress: ctx.smdpAddress, confirmationCodeRequired })
  const made = madeConfirmationCode ? { confirmationCode: madeConfirmationCode } : {}
  return { iccid, orderId, matchingId, activationCode, confirmationCodeRequired, ...made }
}
