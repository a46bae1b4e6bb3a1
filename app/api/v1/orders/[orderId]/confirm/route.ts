import { requireApi } from '@/lib/action'
import { readOrderAnswer } from '@/lib/db/order-answers'
import { FormError } from '@/lib/form-error'
import { confirmReserved } from '@/lib/orders/confirm-reserved'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { confirmOrder } from '../../../_contract/orders'
import { answer, type Place } from '../../../_serve/answer'
import { issuedAnswer } from '../../../_serve/order-answers'

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(confirmOrder, await requireApi(request, 'order:issue'), request, place, async ({ params, body }, { db, orders }) => {
    const order = await readOrderAnswer(db, params.orderId)
    if (!order) return undefined
    if (!order.open) throw new FormError('This order has ended, so there is nothing to confirm.')
    const ctx = await orders()
    const { release = true, eid = order.eid === null ? undefined : Eid.parse(order.eid), ...terms } = body
    const { confirmationCode } = await confirmReserved(
      db,
      ctx,
      { iccid: Iccid.parse(order.iccid), eid, release, ...terms },
      { orderId: params.orderId },
    )
    const confirmed = await readOrderAnswer(db, params.orderId)
    return confirmed && issuedAnswer(ctx, confirmationCode ? { ...confirmed, confirmationCode } : confirmed)
  })
