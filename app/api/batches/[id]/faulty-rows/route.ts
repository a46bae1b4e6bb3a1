import { refusalOf, requireRoute } from '@/lib/action'
import { batchDetail } from '@/lib/db/batches/batch-pages'
import { database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { faultyRows } from '@/lib/inventory/batches/faulty-rows'
import { batchContext } from '../../../../(portal)/batches/context'

export const dynamic = 'force-dynamic'

/** "subscribers.csv.gpg" gives "subscribers-faulty-rows.csv". */
const fileName = (name: string): string =>
  `${name.replace(/(\.[A-Za-z0-9]{1,5}){1,2}$/, '').replace(/[^\p{L}\p{N}._ -]/gu, '_') || 'batch'}-faulty-rows.csv`

/** GET /api/batches/ID/faulty-rows: the rows with findings as a CSV to save, with the columns of the upload and the reasons behind them. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'batch:upload')
  if (allowed instanceof Response) return allowed
  const { id } = await params
  try {
    const batch = await batchDetail(database(), id)
    if (!batch) return Response.json({ message: 'There is no such batch.' }, { status: 404 })
    const rows = faultyRows(database(), batchContext(allowed.actor), id)[Symbol.asyncIterator]()
    // What cannot be given is said before anything is.
    let next = await rows.next()
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (next.done) return controller.close()
        controller.enqueue(encoder.encode(next.value))
        next = await rows.next()
      },
      cancel: async () => {
        await rows.return?.()
      },
    })
    return new Response(body, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="faulty-rows.csv"; filename*=UTF-8''${encodeURIComponent(fileName(batch.name))}`,
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    })
  } catch (error) {
    const { message } = refusalOf(error, 'faulty rows')
    return Response.json({ message }, { status: error instanceof FormError ? 409 : 500 })
  }
}
