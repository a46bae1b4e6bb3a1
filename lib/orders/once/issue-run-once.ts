import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { readOrderAnswers } from '@/lib/db/order-answers'
import type { Database, Transaction } from '@/lib/db/pool'
import { insertRun, markRunCodes } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import type { OrderContext } from '../context'
import { countWords } from '../count-words'
import type { ChosenOrder } from '../download-order'
import { requireEid } from '../eid-policy'
import { type Issued, issueOrders } from '../issue-orders'
import type { IssueRunRow, IssueRunTerms } from '../runs/issue-run-input'
import { keepRunCodes, runCodesOf } from '../runs/run-codes'
import { takeAvailable } from '../take-available'
import { type IssuedAnswer, isToldAgain } from './issue-once'
import { makeOnce, type RepeatableCall } from './repeatable-call'

export const mostIssuedByCall = 1_000

/** A number of a type, or an order for each row; rows that name no ICCID get the next of the type. */
export interface IssueMany extends Omit<IssueRunTerms, 'defaultSmdp'> {
  type?: string | undefined
  count?: number | undefined
  rows?: readonly IssueRunRow[] | undefined
}

export interface IssuedRun {
  runId: string
  title: string
  orders: IssuedAnswer[]
}

// Statements over more rows than this are not faster.
const perStatement = 500

/**
 * Issues several profiles at once as a run, all or none; the same call again is answered with the orders that it made, as they are now.
 * @throws RspError, FormError, CallDiffers, NotAllowed
 */
export async function issueRunOnce(
  db: Database,
  ctx: OrderContext,
  call: RepeatableCall,
  input: IssueMany,
): Promise<{ value: IssuedRun; repeated: boolean }> {
  requireMay(ctx.actor, 'order:issue')
  const rows: readonly IssueRunRow[] = input.rows ?? Array.from({ length: input.count ?? 0 }, () => ({}))
  const title = input.title ?? `Issue ${countWords(rows.length, 'code')}${input.type ? ` of ${input.type}` : ''}`
  const answer = async (tx: Transaction, orderIds: string[]): Promise<IssuedRun> => ({
    runId: call.runId,
    title,
    orders: await answersOf(tx, ctx, call.runId, orderIds),
  })
  return makeOnce(
    db,
    call,
    async tx => {
      await check(db, ctx.now, input, rows)
      await make(tx, ctx, call, { ...input, title }, rows)
      return answer(
        tx,
        rows.map((_, index) => call.orderId(index)),
      )
    },
    async (tx, orderIds) => {
      await audit(tx, ctx.actor, 'order:issue', {
        target: `run ${call.runId}`,
        result: 'answered again',
        detail: { orders: orderIds.length },
      })
      return answer(tx, orderIds)
    },
  )
}

/** @throws FormError */
async function check(db: Database, now: Date, { expiresAt, type }: IssueMany, rows: readonly IssueRunRow[]): Promise<void> {
  if (rows.length === 0) throw new FormError('There is nothing to issue.', { count: 'At least one' })
  if (expiresAt && expiresAt <= now) throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  if (!type && rows.some(({ iccid }) => !iccid))
    throw new FormError('Orders without an ICCID take the next profile of a type: name the type.', { type: 'It is needed here' })
  for (const [index, { eid }] of rows.entries())
    await requireEid(db, eid).catch(error => {
      throw error instanceof FormError ? new FormError(error.message, { [`orders.${index}.eid`]: error.fields.eid ?? '' }) : error
    })
}

async function make(
  tx: Transaction,
  ctx: OrderContext,
  call: RepeatableCall,
  { title = '', type, ...terms }: IssueMany,
  rows: readonly IssueRunRow[],
): Promise<void> {
  const { runId } = call
  const { confirmationCode, confirmationLimit, expiresAt, release, reference, language } = terms
  const made = { id: runId, title, wanted: rows.length, confirmationCodes: confirmationCode === 'each' }
  await insertRun(tx, { ...made, type, createdAt: ctx.now, createdBy: ctx.actor.name })
  const drawn = await draw(tx, type, rows.filter(({ iccid }) => !iccid).length)
  const chosen = rows.flatMap((row, index): ChosenOrder[] => {
    const iccid = row.iccid ?? drawn.shift()
    const common = { reference: row.reference ?? reference, language: row.language ?? language }
    return iccid ? [{ ...row, ...common, iccid, orderId: call.orderId(index), confirmationLimit }] : []
  })
  const code =
    confirmationCode === 'none'
      ? { confirmationCode: null }
      : typeof confirmationCode === 'object'
        ? { confirmationCode: confirmationCode.same }
        : {}
  const makeConfirmationCode = confirmationCode === 'each' ? 'always' : true
  const issued: Issued[] = []
  for (let from = 0; from < chosen.length; from += perStatement) {
    const some = chosen.slice(from, from + perStatement)
    for (const each of await issueOrders(tx, ctx, some, { ...code, makeConfirmationCode, expiresAt, release, runId })) {
      if (each.refusal) throw each.refusal
      issued.push(each.issued)
    }
  }
  await keepMade(tx, ctx, runId, issued)
  const [first, last] = [issued[0]?.iccid, issued.at(-1)?.iccid]
  await audit(tx, ctx.actor, 'order:issue', { target: `run ${runId}`, detail: { issued: issued.length, first, last } })
}

const draw = async (tx: Transaction, type: string | undefined, count: number): Promise<Iccid[]> =>
  type && count > 0 ? (await takeAvailable(tx, type, count)).map(({ iccid }) => Iccid.parse(iccid)) : []

async function keepMade(tx: Transaction, { vault }: OrderContext, runId: string, issued: Issued[]): Promise<void> {
  const codes = issued.flatMap(({ iccid, confirmationCode }) => (confirmationCode ? [{ iccid, code: confirmationCode }] : []))
  if (codes.length === 0) return
  await keepRunCodes(tx, vault, runId, codes)
  await markRunCodes(tx, runId)
}

async function answersOf(tx: Transaction, { vault, now }: OrderContext, runId: string, orderIds: string[]): Promise<IssuedAnswer[]> {
  const orders = await readOrderAnswers(tx, orderIds)
  const coded = orders.filter(order => order.confirmationCodeRequired && isToldAgain(order, now)).map(({ iccid }) => iccid)
  const codes = coded.length > 0 ? await runCodesOf(tx, vault, runId, coded) : new Map<string, string>()
  return orders.map(order => {
    const confirmationCode = codes.get(order.iccid)
    return confirmationCode ? { ...order, confirmationCode } : order
  })
}
