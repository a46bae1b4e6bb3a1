import { readTasksQuery, tasksSnapshot } from '@/app/(portal)/tasks/snapshot'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'

/** GET /api/tasks: what the page of tasks shows, under the same query. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  if (allowed instanceof Response) return allowed
  const query = readTasksQuery(new URL(request.url).searchParams)
  const snapshot = await tasksSnapshot(database(), query, { name: allowed.actor.name, now: new Date() })
  return Response.json(snapshot, { headers: { 'cache-control': 'no-store' } })
}
