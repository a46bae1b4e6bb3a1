import { currentSid } from '@/lib/accounts/current-account'
import { sessionAccount } from '@/lib/accounts/sessions'
import { requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { type Database, database } from '@/lib/db/pool'
import { type TimelineRow, timelineAfter } from '@/lib/db/portal/profile-detail'
import { Places } from '@/lib/front-door/limits/places'
import { Iccid } from '@/lib/rsp/identifiers'

export const dynamic = 'force-dynamic'

/** A browser opens six at most. */
const places = () => perProcess('event-stream-places', () => new Places(10))

const pollMs = 700
const heartbeatMs = 15_000
const sessionCheckMs = 10_000

// Ids are given out before their rows are committed: a row may appear behind one that was sent already.
const settledMs = 30_000

/** Gives each row of a profile's timeline once, late ones included. */
function follower(db: Database, iccid: string, after: string) {
  let floor = after
  const sent = new Set<string>()
  return async (): Promise<TimelineRow[]> => {
    const rows = await timelineAfter(db, iccid, floor, 500)
    const news = rows.filter(row => !sent.has(row.id))
    for (const row of news) sent.add(row.id)
    const settled = rows.filter(row => Date.parse(row.at) < Date.now() - settledMs).at(-1)
    if (settled) {
      floor = settled.id
      for (const id of sent) if (BigInt(id) <= BigInt(floor)) sent.delete(id)
    }
    return news
  }
}

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

/**
 * GET /api/profiles/ICCID/events?after=ID: the timeline as server-sent events, from the row after ID on, until the page is left
 * or the session ends (`signedOut`).
 */
export async function GET(request: Request, { params }: { params: Promise<{ iccid: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  if (allowed instanceof Response) return allowed
  const iccid = Iccid.safeParse((await params).iccid)
  const sid = await currentSid()
  if (!iccid.success || !sid) return Response.json({ message: 'No profile has this ICCID.' }, { status: 404 })
  const asked = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('after') ?? '0'
  const after = /^[0-9]{1,18}$/.test(asked) ? asked : '0'

  const leave = places().take(sid)
  if (!leave) return Response.json({ message: 'This session follows many profiles already. Close some of their pages.' }, { status: 429 })

  const db = database()
  const closed = new AbortController()
  request.signal.addEventListener('abort', () => closed.abort())
  const encoder = new TextEncoder()
  const news = follower(db, iccid.data, after)

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
          for (const row of await news()) {
            write(`id: ${row.id}\ndata: ${JSON.stringify(row)}\n\n`)
            wroteAt = Date.now()
          }
          if (Date.now() - checkedAt > sessionCheckMs) {
            checkedAt = Date.now()
            if (!(await sessionAccount(db, sid, new Date()))) {
              write('event: signedOut\ndata: {}\n\n')
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
        // The database is away: the browser connects again by itself and goes on where it was.
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
