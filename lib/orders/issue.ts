import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { auditEach } from '@/lib/accounts/audit'
import { lockProfiles } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid, MatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import type { OrderContext } from './context'
import { requireEid } from './eid-policy'
import { type Issued, issueOrders } from './issue-orders'
import { ConfirmationLimit, customerFields, SpacedEid } from './order-fields'
import { takeAvailable } from './take-available'

export type { Issued } from './issue-orders'

export const mostIssuedAtOnce = 10_000
/** In the page; more are issued in the background, as a run. */
export const mostIssuedInPage = 200

const common = {
  eid: SpacedEid.optional(),
  /** Empty: a default SM-DP+ order, found by its EID */
  matchingId: MatchingId.optional(),
  /** Null: none. Left out: where the profile type asks for one, it is made. */
  confirmationCode: ConfirmationCode.nullish(),
  /** Always: each order gets one that is made for it, whatever the type asks. */
  makeConfirmationCode: z.literal('always').optional(),
  /** Left out: as the profile type has it */
  confirmationLimit: ConfirmationLimit.optional(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.date().nullish(),
  /** Host name of the SM-DS on which the device finds the order by its EID */
  smdsAddress: SmdsAddress.optional(),
  /** False: confirmed, to be released later */
  release: z.boolean().optional(),
  ...customerFields,
}

/** Profiles by name, or a number of them of a type. */
export const IssueInput = z.union([
  z.object({ iccids: z.array(Iccid).min(1).max(mostIssuedAtOnce), ...common }),
  z.object({ type: z.string().min(1), count: z.int().min(1).max(mostIssuedAtOnce), ...common }),
])
export type IssueInput = z.infer<typeof IssueInput>

/** What cannot be asked for, in words. @throws FormError */
export async function checkIssueInput(db: Database, now: Date, input: IssueInput): Promise<void> {
  const count = 'iccids' in input ? input.iccids.length : input.count
  if (count > 1 && input.matchingId)
    throw new FormError('A matching ID names one order. Issue one profile, or leave the matching ID out.', {
      matchingId: 'One profile only',
    })
  if (input.matchingId === '' && !input.eid)
    throw new FormError('An order without a matching ID is found by the EID of its device: give the EID.', {
      eid: 'The EID is needed here',
    })
  if (input.smdsAddress && (!input.eid || input.matchingId === ''))
    throw new FormError('On an SM-DS the device finds its order by EID and matching ID: give the EID, and let there be a matching ID.', {
      smdsAddress: input.eid ? 'Not without a matching ID' : 'The EID is needed for it',
    })
  if (input.expiresAt && input.expiresAt <= now) throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  await requireEid(db, input.eid)
}

// Statements over more rows than this are not faster.
const perStatement = 500

/**
 * Orders, confirms and releases profiles and answers their activation codes: downloadOrder and confirmOrder as ES2+ calls them, all or none.
 * @throws RspError, FormError, NotAllowed
 */
export async function issue(db: Database, ctx: OrderContext, input: IssueInput): Promise<Issued[]> {
  requireMay(ctx.actor, 'order:issue')
  await checkIssueInput(db, ctx.now, input)
  return transaction(db, async tx => {
    const iccids = await chosenProfiles(tx, input)
    const issued: Issued[] = []
    for (let from = 0; from < iccids.length; from += perStatement)
      issued.push(...(await issueSome(tx, ctx, iccids.slice(from, from + perStatement), input)))
    return issued
  })
}

async function chosenProfiles(tx: Transaction, input: IssueInput): Promise<Iccid[]> {
  if ('type' in input) return (await takeAvailable(tx, input.type, input.count)).map(({ iccid }) => Iccid.parse(iccid))
  if (input.iccids.length > perStatement) await lockProfiles(tx, input.iccids)
  return input.iccids
}

async function issueSome(tx: Transaction, ctx: OrderContext, iccids: Iccid[], input: IssueInput): Promise<Issued[]> {
  const { eid, customerEmail, reference, language, matchingId, confirmationCode, makeConfirmationCode, expiresAt, release, smdsAddress } =
    input
  const terms = { matchingId, confirmationCode, makeConfirmationCode, expiresAt, release, smdsAddress }
  const { confirmationLimit } = input
  const orders = iccids.map(iccid => ({ iccid, eid, customerEmail, reference, language, confirmationLimit }))
  const issued = (await issueOrders(tx, ctx, orders, terms)).map(each => {
    if (each.refusal) throw each.refusal
    return each.issued
  })
  const entries = issued.map(({ iccid, orderId, confirmationCodeRequired, expiresAt }) => ({
    target: iccid,
    detail: { orderId, eid, confirmationCodeRequired, expiresAt, smdsAddress },
  }))
  await auditEach(tx, ctx.actor, 'order:issue', entries)
  return issued
}
