import { requireApi } from '@/lib/action'
import { readOrderAnswers } from '@/lib/db/order-answers'
import { runDetail, runOrders } from '@/lib/db/run-rows'
import { listRunOrders } from '../../../_contract/runs'
import { answer, type Place } from '../../../_serve/answer'
import { orderAnswer } from '../../../_serve/order-answers'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(listRunOrders, await requireApi(request, 'profile:read'), request, place, async ({ params: { runId }, query }, { db }) => {
    const { after, limit } = query
    const found = await runOrders(db, runId, { after, limit: limit + 1 })
    if (found.length === 0 && !(await runDetail(db, runId))) return undefined
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const orders = await readOrderAnswers(
      db,
      page.map(({ orderId }) => orderId),
    )
    return {
      data: orders.sort((a, b) => (a.iccid < b.iccid ? -1 : 1)).map(orderAnswer),
      next: last && found.length > limit ? last.iccid : null,
    }
  })
