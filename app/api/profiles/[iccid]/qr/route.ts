import { toBuffer } from 'qrcode'
import { NotAllowed } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { sightOf } from '@/lib/accounts/sight'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { profileOrders } from '@/lib/db/portal/profile-detail'
import { orderActivationCode } from '@/lib/orders/activation-code'
import { qrText } from '@/lib/rsp/activation-code'
import { Iccid } from '@/lib/rsp/identifiers'

const widthPixels = 1024

/** GET /api/profiles/ICCID/qr: the QR code of the open order as a PNG to save, for those who see whole codes. */
export async function GET(request: Request, { params }: { params: Promise<{ iccid: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'link:read')
  if (allowed instanceof Response) return allowed
  if (!(await sightOf(database(), allowed.actor.role)).codes) {
    await audit(database(), allowed.actor, 'order:codes', { target: (await params).iccid, result: 'not allowed' })
    return Response.json({ message: new NotAllowed('order:codes').message }, { status: 403, headers: { 'cache-control': 'no-store' } })
  }
  const iccid = Iccid.safeParse((await params).iccid)
  const order = iccid.success ? (await profileOrders(database(), iccid.data, 1)).find(each => each.closedAt === null) : undefined
  if (!order || order.matchingId === null || order.smdpAddress === null) {
    return Response.json({ message: 'This profile has no open order with an activation code.' }, { status: 404 })
  }
  const { matchingId, smdpAddress, confirmationCodeRequired } = order
  const code = orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })
  const png = await toBuffer(qrText(code), { errorCorrectionLevel: 'M', margin: 4, width: widthPixels })
  return new Response(new Uint8Array(png), {
    headers: {
      'content-type': 'image/png',
      'content-disposition': `attachment; filename="${iccid.data}.png"`,
      'cache-control': 'no-store',
    },
  })
}
