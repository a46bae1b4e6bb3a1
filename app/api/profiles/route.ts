import { hide, sightOf } from '@/lib/accounts/sight'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { findProfiles } from '@/lib/db/portal/profile-list'

/** GET /api/profiles?q=…: a few profiles for a search as it is typed. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  if (allowed instanceof Response) return allowed
  const search = new URL(request.url).searchParams.get('q') ?? ''
  const profiles = await findProfiles(database(), search, 8)
  const sight = await sightOf(database(), allowed.actor.role)
  return Response.json({ profiles: hide(profiles, sight) }, { headers: { 'cache-control': 'no-store' } })
}
