import { requireApi } from '@/lib/action'
import { readOrderAnswer } from '@/lib/db/order-answers'
import { readOrder } from '../../_contract/orders'
import { answer, type Place } from '../../_serve/answer'
import { orderAnswer } from '../../_serve/order-answers'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readOrder, await requireApi(request, 'profile:read'), request, place, async ({ params }, { db }) => {
    const order = await readOrderAnswer(db, params.orderId)
    return order && orderAnswer(order)
  })
