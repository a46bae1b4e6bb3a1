import { requireApi } from '@/lib/action'
import { bind } from '@/lib/orders/bind'
import { bindProfile } from '../../../_contract/orders'
import { answer, type Place } from '../../../_serve/answer'
import { orderOfProfile } from '../../../_serve/order-answers'

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(bindProfile, await requireApi(request, 'order:bind'), request, place, async ({ params: { iccid }, body }, { db, orders }) => {
    await bind(db, await orders(), { iccid, ...body })
    return orderOfProfile(db, iccid)
  })
