import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { DocumentRequest } from '@/lib/orders/documents/document-options'
import { takeCodes } from '@/lib/orders/documents/documents'
import { orderContext } from '@/lib/orders/order-context'
import { vault } from '@/lib/vault/vault'
import { fileResponse } from '../../../file-response'

export const dynamic = 'force-dynamic'

/**
 * GET /api/runs/ID/files/csv, …/zip, …/labels?layout=a4-grid&language=en: the codes of a run that can still be used, as a file made while it is sent. ZIP
 * and labels of large runs are made in the background instead, see …/documents/ID.
 */
export async function GET(request: Request, { params }: { params: Promise<{ id: string; kind: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'order:codes')
  if (allowed instanceof Response) return allowed
  const { id, kind } = await params
  const asked = DocumentRequest.safeParse({ runId: id, kind, options: Object.fromEntries(new URL(request.url).searchParams) })
  if (!asked.success) return Response.json({ message: 'There is no such file of a run.' }, { status: 404 })
  return fileResponse(allowed.actor.name, async () => {
    const db = database()
    return takeCodes(db, await orderContext({ db, vault: vault(), actor: allowed.actor, now: new Date() }), asked.data)
  })
}
