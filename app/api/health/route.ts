import { healthSnapshot } from '@/app/(portal)/health/snapshot'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'

/** GET /api/health: what the health page shows, for staff. Load balancers ask `/healthz`. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'settings:read')
  if (allowed instanceof Response) return allowed
  return Response.json(await healthSnapshot(database(), new Date()), { headers: { 'cache-control': 'no-store' } })
}
