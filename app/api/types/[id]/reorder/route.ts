import { z } from 'zod'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { reordersOf } from '@/lib/inventory/stock-levels/kept-reorders'
import { REORDER_FORMATS, reorderFile, reorderFileName } from '@/lib/inventory/stock-levels/reorder-file'

const Query = z.object({ id: z.uuid(), at: z.string(), format: z.enum(REORDER_FORMATS) })

/** GET /api/types/ID/reorder?at=…&format=inp|csv: the file for the vendor of an order that was made ready at that moment. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'batch:read')
  if (allowed instanceof Response) return allowed
  const given = Query.safeParse({ ...(await params), ...Object.fromEntries(new URL(request.url).searchParams) })
  const orders = given.success ? await reordersOf(database(), given.data.id) : []
  const order = orders.find(({ at }) => at === given.data?.at)
  if (!order || !given.success) return Response.json({ message: 'There is no such order.' }, { status: 404 })
  const { format } = given.data
  return new Response(streamOf(reorderFile(order, format)), {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="${reorderFileName(order, format)}"`,
      'cache-control': 'no-store',
    },
  })
}

/** Made as it is read, so that ten million rows need no more room than one piece. */
function streamOf(pieces: Iterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
}
