import { requireMay } from '@/lib/accounts/actor'
import { audit, auditEach } from '@/lib/accounts/audit'
import { type OrderAnswer, readOrderAnswers } from '@/lib/db/order-answers'
import { lockProfile } from '@/lib/db/order-rows'
import type { Database, Transaction } from '@/lib/db/pool'
import { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { newConfirmationCode } from '../confirmation-code'
import type { OrderContext } from '../context'
import { checkIssueInput, type IssueInput } from '../issue'
import { issueOrders } from '../issue-orders'
import { takeAvailable } from '../take-available'
import { makeOnce, type RepeatableCall } from './repeatable-call'

/** An order that was issued, with a code that was made for it: told for a day. */
export type IssuedAnswer = OrderAnswer & { confirmationCode?: string }

/** What `issue` takes, for one. */
export type IssueOne = Omit<Extract<IssueInput, { iccids: unknown }>, 'iccids'> & { iccid?: Iccid | undefined; type?: string | undefined }

const toldForMs = 24 * 3_600_000

/** Whether a confirmation code that was made for an order is told when its call is sent again. */
export const isToldAgain = (order: { createdAt: Date }, now: Date): boolean => now.getTime() - order.createdAt.getTime() < toldForMs

/**
 * Issues one profile, by its ICCID or the next of a type; the same call again is answered with the order that it made, as it is now.
 * @throws RspError, FormError, CallDiffers, NotAllowed
 */
export async function issueOnce(
  db: Database,
  ctx: OrderContext,
  call: RepeatableCall,
  input: IssueOne,
): Promise<{ value: IssuedAnswer; repeated: boolean }> {
  requireMay(ctx.actor, 'order:issue')
  const { iccid, type = '', ...terms } = input
  const answer = (tx: Transaction) => answerOf(tx, ctx, call, input)
  return makeOnce(
    db,
    call,
    async tx => {
      await checkIssueInput(db, ctx.now, iccid ? { iccids: [iccid], ...terms } : { type, count: 1, ...terms })
      await make(tx, ctx, call, input)
      return answer(tx)
    },
    async tx => {
      const order = await answer(tx)
      await audit(tx, ctx.actor, 'order:issue', { target: order.iccid, result: 'answered again', detail: { orderId: order.orderId } })
      return order
    },
  )
}

async function make(tx: Transaction, ctx: OrderContext, call: RepeatableCall, input: IssueOne): Promise<void> {
  const profile = input.iccid ? await lockProfile(tx, input.iccid) : (await takeAvailable(tx, input.type ?? '', 1))[0]
  if (!profile) throw new RspError('iccidUnknown', input.iccid)
  const { eid, customerEmail, reference, language, confirmationLimit, matchingId, makeConfirmationCode, expiresAt, release, smdsAddress } =
    input
  const isMade = input.confirmationCode === undefined && (profile.confirmationCodeRequired || makeConfirmationCode === 'always')
  const confirmationCode = isMade ? madeCode(call) : (input.confirmationCode ?? null)
  const orderId = call.orderId(0)
  const chosen = { iccid: Iccid.parse(profile.iccid), orderId, eid, customerEmail, reference, language, confirmationLimit }
  const [issued] = await issueOrders(tx, ctx, [chosen], { matchingId, confirmationCode, expiresAt, release, smdsAddress })
  if (!issued || issued.refusal) throw issued?.refusal ?? new Error('Nothing was issued.')
  const { iccid, confirmationCodeRequired } = issued.issued
  const detail = { orderId, eid, confirmationCodeRequired, expiresAt: issued.issued.expiresAt, smdsAddress }
  await auditEach(tx, ctx.actor, 'order:issue', [{ target: iccid, detail }])
}

async function answerOf(tx: Transaction, ctx: OrderContext, call: RepeatableCall, input: IssueOne): Promise<IssuedAnswer> {
  const [order] = await readOrderAnswers(tx, [call.orderId(0)])
  if (!order) throw new Error('The order is not there.')
  const isMade = input.confirmationCode === undefined && order.confirmationCodeRequired
  return isMade && isToldAgain(order, ctx.now) ? { ...order, confirmationCode: madeCode(call) } : order
}

/** Only its hash is kept, as of every code: it follows from the call, so that an answer that was lost on its way can be given again. */
function madeCode(call: RepeatableCall): string {
  let draws = 0
  return newConfirmationCode(bytes => call.again(`confirmation code ${draws++}`, bytes))
}
