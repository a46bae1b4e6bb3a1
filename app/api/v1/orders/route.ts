import { requireApi } from '@/lib/action'
import { issueOnce } from '@/lib/orders/once/issue-once'
import { issueOrder } from '../_contract/orders'
import { answer } from '../_serve/answer'
import { issuedAnswer } from '../_serve/order-answers'

export const POST = async (request: Request): Promise<Response> =>
  answer(issueOrder, await requireApi(request, 'order:issue'), request, undefined, async ({ body }, { db, orders, call, repeated }) => {
    const ctx = await orders()
    const issued = await issueOnce(db, ctx, await call(), body)
    if (issued.repeated) repeated()
    return issuedAnswer(ctx, issued.value)
  })
