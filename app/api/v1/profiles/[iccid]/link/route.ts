import { requireApi } from '@/lib/action'
import { renewLink as renew, revokeLink as revoke } from '@/lib/orders/links/customer-links'
import { readLink, renewLink, revokeLink } from '../../../_contract/links'
import { answer, type Place } from '../../../_serve/answer'
import { linkAnswer } from '../../../_serve/link-answer'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readLink, await requireApi(request, 'link:read'), request, place, ({ params }, context) => linkAnswer(context, params.iccid))

export const POST = async (request: Request, place: Place): Promise<Response> =>
  answer(renewLink, await requireApi(request, 'link:write'), request, place, async ({ params }, context) => {
    await renew(context.db, await context.orders(), params)
    return linkAnswer(context, params.iccid)
  })

export const DELETE = async (request: Request, place: Place): Promise<Response> =>
  answer(revokeLink, await requireApi(request, 'link:write'), request, place, async ({ params }, context) => {
    await revoke(context.db, await context.orders(), params)
    return linkAnswer(context, params.iccid)
  })
