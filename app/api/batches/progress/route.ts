import type { BatchProgress } from '@/components/batch/progress'
import { currentSid } from '@/lib/accounts/current-account'
import { requireRoute } from '@/lib/action'
import { batchProgress } from '@/lib/db/batches/batch-pages'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { Places } from '@/lib/front-door/limits/places'
import { shownProgress } from '../../../(portal)/batches/progress'
import { eventStream, type Look } from '../../event-stream'

export const dynamic = 'force-dynamic'

const places = () => perProcess('batch-progress-places', () => new Places(10))

/** As many as a page of the list has */
const maxBatches = 50
const pollMs = 500

/** Gives what is new since the last call about batches, and whether any of them is still being checked. */
function follower(ids: string[]) {
  const told = new Map<string, string>()
  return async (): Promise<{ changed: BatchProgress[]; checking: boolean }> => {
    const rows = await Promise.all(ids.map(id => batchProgress(database(), id)))
    const all = rows.filter(row => row !== undefined).map(shownProgress)
    const changed = all.filter(each => told.get(each.id) !== JSON.stringify(each))
    for (const each of changed) told.set(each.id, JSON.stringify(each))
    return { changed, checking: all.some(({ state }) => state === 'checking') }
  }
}

/**
 * GET /api/batches/progress?ids=1,2: how far the checks of these batches are, as server-sent events (BatchProgress[], what has
 * changed), until none of them is being checked (`end`), the session ends or the page is left.
 */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'batch:read')
  if (allowed instanceof Response) return allowed
  const sid = await currentSid()
  const ids = (new URL(request.url).searchParams.get('ids') ?? '').split(',').filter(id => /^[0-9]{1,18}$/.test(id))
  if (!sid || ids.length === 0 || ids.length > maxBatches) return Response.json({ message: 'No batch is named.' }, { status: 400 })

  const leave = places().take(sid)
  if (!leave) return Response.json({ message: 'This session follows many checks already. Close some of their pages.' }, { status: 429 })

  const news = follower(ids)
  const look = async (): Promise<Look> => {
    const { changed, checking } = await news()
    return { events: changed.length > 0 ? [`data: ${JSON.stringify(changed)}`] : [], over: !checking }
  }
  return eventStream(request, { sid, pollMs, look, last: 'end', leave })
}
