import { currentSid } from '@/lib/accounts/current-account'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { type Database, database } from '@/lib/db/pool'
import { timelineAfter } from '@/lib/db/portal/profile-detail'
import { Places } from '@/lib/front-door/limits/places'
import { Iccid } from '@/lib/rsp/identifiers'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { strangers } from '@/lib/smdp/es9/strangers'
import { eventStream } from '../../../event-stream'

export const dynamic = 'force-dynamic'

/** A browser opens six at most. */
const places = () => perProcess('event-stream-places', () => new Places(10))

const pollMs = 700

// Ids are given out before their rows are committed: a row may appear behind one that was sent already.
const settledMs = 30_000

/** Gives each row of a profile's timeline once, late ones included. */
function follower(db: Database, iccid: string, after: string) {
  let floor = after
  const sent = new Set<string>()
  return async (): Promise<TimelineEvent[]> => {
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

/** In a flood of strangers a page is read anew no more often than this. */
const doorCalmMs = 3_000

/** Between the reading of a page and the opening of its stream no more time passes. */
const openingMs = 10_000

/** Tells, without saying who, that somebody was turned away at the door since the page was read. */
function doorkeeper(openedAt = Date.now()) {
  let seen = strangers()
    .recent()
    .find(({ at }) => at.getTime() < openedAt - openingMs)
  let toldAt = 0
  return (now = Date.now()): string[] => {
    const [last] = strangers().recent()
    if (last === seen || now - toldAt < doorCalmMs) return []
    seen = last
    toldAt = now
    return ['event: turnedAway\ndata: {}']
  }
}

/**
 * GET /api/profiles/ICCID/events?after=ID: the timeline as server-sent events, from the row after ID on, until the page is left
 * or the session ends (`signedOut`). With `door` in the query also `turnedAway`, when phones were refused of which no profile knows.
 */
export async function GET(request: Request, { params }: { params: Promise<{ iccid: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  if (allowed instanceof Response) return allowed
  const iccid = Iccid.safeParse((await params).iccid)
  const sid = await currentSid()
  if (!iccid.success || !sid) return Response.json({ message: 'No profile has this ICCID.' }, { status: 404 })
  const query = new URL(request.url).searchParams
  const asked = request.headers.get('last-event-id') ?? query.get('after') ?? '0'
  const after = /^[0-9]{1,18}$/.test(asked) ? asked : '0'

  const leave = places().take(sid)
  if (!leave) return Response.json({ message: 'This session follows many profiles already. Close some of their pages.' }, { status: 429 })

  const news = follower(database(), iccid.data, after)
  const sight = await sightOf(database(), allowed.actor.role)
  const door = query.has('door') ? doorkeeper() : () => []
  const look = async () => ({
    events: [...(await news()).map(row => `id: ${row.id}\ndata: ${JSON.stringify(hide(row, sight))}`), ...door()],
  })
  return eventStream(request, { sid, pollMs, look, last: 'signedOut', leave })
}
