import { requireApi } from '@/lib/action'
import { issueRunOnce } from '@/lib/orders/once/issue-run-once'
import { issueRun } from '../_contract/runs'
import { answer } from '../_serve/answer'
import { issuedAnswer } from '../_serve/order-answers'

export const POST = async (request: Request): Promise<Response> =>
  answer(issueRun, await requireApi(request, 'order:issue'), request, undefined, async ({ body }, { db, orders, call, repeated }) => {
    const ctx = await orders()
    const { orders: rows, release = true, ...terms } = body
    const issued = await issueRunOnce(db, ctx, await call(), { ...terms, release, rows })
    if (issued.repeated) repeated()
    const { runId, title } = issued.value
    return { runId, title, orders: issued.value.orders.map(order => issuedAnswer(ctx, order)) }
  })
