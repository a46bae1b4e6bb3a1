import type { OrderReason } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { MatchingId } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { RspError } from '@/lib/rsp/status'
import { orderActivationCode } from './activation-code'
import { type ConfirmationTerms, type ConfirmedOrder, confirmOrders } from './confirm-order'
import type { OrderContext } from './context'
import { type ChosenOrder, downloadOrders } from './download-order'
import { createCustomerLinks } from './links/customer-links'
import { registerLater } from './smds-event'

export interface Issued {
  iccid: string
  orderId: string
  state: ProfileState
  matchingId: MatchingId
  activationCode: string
  /** Address of the customer's page */
  page: string
  confirmationCodeRequired: boolean
  /** A code that was made; it is told here and never again. */
  confirmationCode?: string
  expiresAt: Date | null
}

export interface IssueTerms extends Omit<ConfirmationTerms, 'releaseFlag'> {
  /** Of all of them; left out: one is made for each */
  matchingId?: MatchingId | undefined
  /** False: confirmed, to be released later */
  release?: boolean | undefined
  reason?: OrderReason | undefined
  runId?: string | undefined
}

export type IssuedOrNot = { issued: Issued; refusal?: undefined } | { iccid: string; refusal: RspError }

/**
 * Orders, confirms and releases chosen profiles, and makes the customers' links: downloadOrder and confirmOrder as ES2+ calls them, by a few
 * statements for all.
 * @returns what became of each, in the order given: a refusal changes nothing
 */
export async function issueOrders(
  tx: Transaction,
  ctx: OrderContext,
  chosen: readonly ChosenOrder[],
  { release = true, matchingId, reason, runId, makeConfirmationCode = true, ...terms }: IssueTerms,
): Promise<IssuedOrNot[]> {
  const ordered = await downloadOrders(
    tx,
    ctx,
    chosen.map(order => ({ reason, ...order })),
    { runId: runId ?? null },
  )
  const open = ordered.filter(order => !order.refusal)
  const confirmed = await confirmOrders(
    tx,
    ctx,
    open.map(({ iccid }) => ({ iccid, matchingId })),
    { ...terms, makeConfirmationCode, releaseFlag: release },
  )
  if (release)
    await registerLater(
      tx,
      confirmed.map(each => (each.refusal ? undefined : each.event)),
    )
  const links = await createCustomerLinks(tx, ctx, open)
  let at = 0
  return ordered.map((order): IssuedOrNot => {
    if (order.refusal) return order
    const [confirmation, link] = [confirmed[at], links[at]]
    at++
    // All or none of the two steps: whoever asked cannot have half an order.
    if (!confirmation || confirmation.refusal) throw confirmation?.refusal ?? new Error('An order was not confirmed.')
    if (!link) throw new Error('An order has no link.')
    return { issued: issuedOf(ctx, order, confirmation, { page: link.url, state: release ? 'Released' : 'Confirmed' }) }
  })
}

/** What is answered of an order that was confirmed. */
export function issuedOf(
  { smdpAddress }: OrderContext,
  { iccid, orderId }: { iccid: string; orderId: string },
  { matchingId, confirmationCodeRequired, madeConfirmationCode, expiresAt }: ConfirmedOrder,
  more: Pick<Issued, 'page' | 'state'>,
): Issued {
  const activationCode = orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })
  const made = madeConfirmationCode ? { confirmationCode: madeConfirmationCode } : {}
  return { iccid, orderId, matchingId, activationCode, confirmationCodeRequired, expiresAt, ...more, ...made }
}
