import { z } from 'zod'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { takeDocument } from '@/lib/orders/documents/documents'
import { vault } from '@/lib/vault/vault'
import { fileResponse } from '../../../file-response'

export const dynamic = 'force-dynamic'

const Asked = z.object({ id: z.uuid(), documentId: z.uuid() })

/** GET /api/runs/ID/documents/ID: a file that was made in the background, from whichever server it was made by. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string; documentId: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'order:codes')
  if (allowed instanceof Response) return allowed
  const asked = Asked.safeParse(await params)
  if (!asked.success) return Response.json({ message: 'There is no such file.' }, { status: 404 })
  const { id: runId, documentId } = asked.data
  const ctx = { actor: allowed.actor, now: new Date(), vault: vault() }
  return fileResponse(allowed.actor.name, () => takeDocument(database(), ctx, { runId, documentId }))
}
