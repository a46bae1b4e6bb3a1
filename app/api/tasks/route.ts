import { readTasksQuery, tasksSnapshot } from '@/app/(portal)/tasks/snapshot'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'

/** GET /api/tasks: what the page of tasks shows, under the same query. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  if (allowed instanceof Response) return allowed
  const query = readTasksQuery(new URL(request.url).searchParams)
  const { actor } = allowed
  const snapshot = hide(await tasksSnapshot(database(), query, { actor, now: new Date() }), await sightOf(database(), actor.role))
  return Response.json(snapshot, { headers: { 'cache-control': 'no-store' } })
}
