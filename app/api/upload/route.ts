import { refusalOf, requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Places } from '@/lib/front-door/limits/places'
import { defaultTypeName } from '@/lib/inventory/types'
import { batchContext } from '../../(portal)/batches/context'
import { receiveUpload } from '../../(portal)/batches/receive-upload'
import type { UploadAnswer } from '../../(portal)/batches/upload/upload-answer'

export const dynamic = 'force-dynamic'

const places = () => perProcess('upload-places', () => new Places(4))

const answer = (status: number, body: UploadAnswer): Response => Response.json(body, { status, headers: { 'cache-control': 'no-store' } })

/**
 * POST /api/upload?type=NAME&name=FILE&vendor=…&quantity=…&firstIccid=…&lastIccid=… with a vendor's file as the body. The answer is
 * JSON (UploadAnswer): the batch that it became.
 */
export async function POST(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'batch:upload')
  if (allowed instanceof Response) return allowed
  if (!request.body) return answer(400, { message: 'The file is empty.' })

  const parameters = new URL(request.url).searchParams
  const named = (parameter: string) =>
    (parameters.get(parameter) ?? '')
      .replace(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 255)
  const leave = places().take('')
  if (!leave) return answer(429, { message: 'Several uploads are under way already. Wait for one to end, then send the file again.' })
  try {
    const batchId = await receiveUpload(database(), batchContext(allowed.actor), request.body, {
      name: named('name') || 'upload',
      typeName: named('type') || defaultTypeName,
      vendor: named('vendor'),
      quantity: named('quantity'),
      firstIccid: named('firstIccid'),
      lastIccid: named('lastIccid'),
    })
    return answer(200, { batchId })
  } catch (error) {
    const { message, fields } = refusalOf(error, 'upload')
    return answer(error instanceof FormError ? 422 : 500, { message, fields })
  } finally {
    leave()
  }
}
