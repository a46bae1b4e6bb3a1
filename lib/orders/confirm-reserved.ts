import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { writeOrderCustomer } from '@/lib/db/order-customer'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid, MatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { confirmOrder } from './confirm-order'
import type { OrderContext } from './context'
import { requireEid } from './eid-policy'
import { type Issued, issuedOf } from './issue-orders'
import { createCustomerLink } from './links/customer-links'
import { customerFields, SpacedEid } from './order-fields'
import { registerLater } from './smds-event'

export const ConfirmReservedInput = z.object({
  iccid: Iccid,
  /** Of a profile that is reserved for no device; must be the order's where it has one */
  eid: SpacedEid.optional(),
  /** Empty: a default SM-DP+ order, found by its EID */
  matchingId: MatchingId.optional(),
  /** Null: none. Left out: where the profile type asks for one, it is made. */
  confirmationCode: ConfirmationCode.nullish(),
  makeConfirmationCode: z.literal('always').optional(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.date().nullish(),
  /** Host name of the SM-DS on which the device finds the order by its EID */
  smdsAddress: SmdsAddress.optional(),
  /** False: confirmed, to be released later */
  release: z.boolean().default(true),
  ...customerFields,
})
export type ConfirmReservedInput = z.infer<typeof ConfirmReservedInput>

/** Of this very order: where the profile has another one meanwhile, nothing is done. */
interface Wanted {
  orderId?: string | undefined
}

/**
 * Makes the code of a profile that was reserved before (Allocated or Linked): confirmOrder as ES2+ calls it, and the customer's link.
 * @throws RspError, FormError, NotAllowed
 */
export async function confirmReserved(db: Database, ctx: OrderContext, input: ConfirmReservedInput, wanted: Wanted = {}): Promise<Issued> {
  requireMay(ctx.actor, 'order:issue')
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  await requireEid(db, input.eid)
  const { iccid, release, customerEmail, reference, language, makeConfirmationCode = true, ...terms } = input
  return transaction(db, async tx => {
    const profile = await lockProfile(tx, iccid)
    if (!profile?.orderId) throw new RspError(profile ? 'iccidInUse' : 'iccidUnknown', iccid)
    const { orderId } = profile
    if (wanted.orderId !== undefined && wanted.orderId !== orderId) throw new RspError('iccidInUse', `${iccid} has another order now.`)
    const confirmed = await confirmOrder(tx, ctx, { iccid, ...terms, makeConfirmationCode, releaseFlag: release })
    if (release) await registerLater(tx, [confirmed.event])
    await writeOrderCustomer(tx, orderId, { customerEmail, reference, language })
    const { url } = await createCustomerLink(tx, ctx, { orderId, iccid })
    const { eid, confirmationCodeRequired, expiresAt } = confirmed
    await audit(tx, ctx.actor, 'order:issue', { target: iccid, detail: { orderId, eid, confirmationCodeRequired, expiresAt } })
    return issuedOf(ctx, { iccid, orderId }, confirmed, { page: url, state: release ? 'Released' : 'Confirmed' })
  })
}
