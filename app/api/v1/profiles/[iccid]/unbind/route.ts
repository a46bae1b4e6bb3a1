import { requireApi } from '@/lib/action'
import { unbind } from '@/lib/orders/bind'
import { unbindProfile } from '../../../_contract/orders'
import { answer, type Place } from '../../../_serve/answer'
import { orderOfProfile } from '../../../_serve/order-answers'

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(unbindProfile, await requireApi(request, 'order:bind'), request, place, async ({ params: { iccid } }, { db, orders }) => {
    await unbind(db, await orders(), { iccid })
    return orderOfProfile(db, iccid)
  })
