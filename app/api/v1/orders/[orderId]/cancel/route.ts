import { requireApi } from '@/lib/action'
import { cancelById } from '@/lib/orders/once/order-by-id'
import { cancelOrder } from '../../../_contract/orders'
import { answer, type Place } from '../../../_serve/answer'
import { orderAnswer } from '../../../_serve/order-answers'

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(cancelOrder, await requireApi(request, 'order:cancel'), request, place, async ({ params, body }, { db, orders }) => {
    const order = await cancelById(db, await orders(), { ...params, ...body })
    return order && orderAnswer(order)
  })
