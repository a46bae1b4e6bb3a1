import type { BatchProgress } from '@/components/batch/progress'
import { currentSid } from '@/lib/accounts/current-account'
import { sessionAccount } from '@/lib/accounts/sessions'
import { requireRoute } from '@/lib/action'
import { batchProgress } from '@/lib/db/batches/batch-pages'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { Places } from '@/lib/front-door/limits/places'
import { shownProgress } from '../../../(portal)/batches/progress'

export const dynamic = 'force-dynamic'

const places = () => perProcess('batch-progress-places', () => new Places(10))

/** As many as a page of the list has */
const maxBatches = 50
const pollMs = 500
const heartbeatMs = 15_000
const sessionCheckMs = 10_000

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })

/** Gives what is new since the last call about batches, and whether any of them is still being checked. */
function follower(ids: string[]) {
  const told = new Map<string, string>()
  return async (): Promise<{ news: BatchProgress[]; checking: boolean }> => {
    const rows = await Promise.all(ids.map(id => batchProgress(database(), id)))
    const all = rows.filter(row => row !== undefined).map(shownProgress)
    const news = all.filter(each => told.get(each.id) !== JSON.stringify(each))
    for (const each of news) told.set(each.id, JSON.stringify(each))
    return { news, checking: all.some(({ state }) => state === 'checking') }
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

  const closed = new AbortController()
  request.signal.addEventListener('abort', () => closed.abort())
  const encoder = new TextEncoder()
  const look = follower(ids)

  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (text: string) => {
        if (!closed.signal.aborted) controller.enqueue(encoder.encode(text))
      }
      let checkedAt = Date.now()
      let wroteAt = Date.now()
      write(': here\nretry: 2000\n\n')
      try {
        while (!closed.signal.aborted) {
          const { news, checking } = await look()
          if (news.length > 0) {
            write(`data: ${JSON.stringify(news)}\n\n`)
            wroteAt = Date.now()
          }
          if (!checking) {
            write('event: end\ndata: {}\n\n')
            break
          }
          if (Date.now() - checkedAt > sessionCheckMs) {
            checkedAt = Date.now()
            if (!(await sessionAccount(database(), sid, new Date()))) {
              write('event: end\ndata: {}\n\n')
              break
            }
          }
          if (Date.now() - wroteAt > heartbeatMs) {
            write(': still here\n\n')
            wroteAt = Date.now()
          }
          await wait(pollMs, closed.signal)
        }
      } catch {
        // The database is away: the browser connects again by itself.
      }
      leave()
      if (!closed.signal.aborted) controller.close()
    },
    cancel: () => closed.abort(),
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
