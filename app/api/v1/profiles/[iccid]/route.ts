import { requireApi } from '@/lib/action'
import { readOrderAnswers } from '@/lib/db/order-answers'
import { profileDetail, profileOrders } from '@/lib/db/portal/profile-detail'
import { readRows } from '@/lib/db/portal/profile-list'
import { RspError } from '@/lib/rsp/status'
import { readProfile } from '../../_contract/stock'
import { answer, type Place } from '../../_serve/answer'
import { orderAnswer } from '../../_serve/order-answers'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readProfile, await requireApi(request, 'profile:read'), request, place, async ({ params: { iccid } }, { db }) => {
    const detail = await profileDetail(db, iccid)
    const [row] = detail ? await readRows(db, [iccid]) : []
    if (!detail || !row) throw new RspError('iccidUnknown', iccid)
    const ids = (await profileOrders(db, iccid)).map(({ id }) => id)
    const orders = await readOrderAnswers(db, ids)
    const place = (orderId: string) => ids.indexOf(orderId)
    return {
      ...row,
      runtimeSince: detail.runtimeSince,
      orders: orders.sort((a, b) => place(a.orderId) - place(b.orderId)).map(orderAnswer),
    }
  })
