import { requireApi } from '@/lib/action'
import { releaseById } from '@/lib/orders/once/order-by-id'
import { releaseOrder } from '../../../_contract/orders'
import { answer, type Place } from '../../../_serve/answer'
import { orderAnswer } from '../../../_serve/order-answers'

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(releaseOrder, await requireApi(request, 'order:release'), request, place, async ({ params }, { db, orders }) => {
    const order = await releaseById(db, await orders(), params)
    return order && orderAnswer(order)
  })
