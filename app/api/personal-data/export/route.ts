import { exportSubscriber } from '@/lib/accounts/personal-data/export-subscriber'
import { SubjectInput } from '@/lib/accounts/personal-data/subject'
import { refusalOf, requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { Places } from '@/lib/front-door/limits/places'
import { reportIncident } from '@/lib/incident'

export const dynamic = 'force-dynamic'

const places = () => perProcess('personal-export-places', () => new Places(1))
const where = 'export of personal data'

const no = (status: number, message: string): Response => Response.json({ message }, { status, headers: { 'cache-control': 'no-store' } })

/**
 * POST /api/personal-data/export with {by, value}: everything that is held about a subscriber, as JSON, sent as it is read. One that breaks off ends in
 * an error, never short. It is a POST so that no address of a page names anybody.
 */
export async function POST(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'personal:export')
  if (allowed instanceof Response) return allowed
  const subject = SubjectInput.safeParse(await request.json().catch(() => undefined))
  if (!subject.success) return no(400, subject.error.issues[0]?.message ?? 'Say whose data is meant.')
  const leave = places().take(allowed.actor.name)
  if (!leave) return no(429, 'You have an export under way already. Wait for it to end, then try again.')
  const pieces = exportSubscriber(database(), allowed.actor, subject.data)
  let first: IteratorResult<string, void>
  try {
    first = await pieces.next()
  } catch (error) {
    leave()
    return no(503, refusalOf(error, where).message)
  }
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => {
        if (first.value) controller.enqueue(encoder.encode(first.value))
      },
      async pull(controller) {
        try {
          const { value, done } = await pieces.next()
          if (value) controller.enqueue(encoder.encode(value))
          if (!done) return
          leave()
          controller.close()
        } catch (error) {
          leave()
          reportIncident(error, where)
          controller.error(error)
        }
      },
      async cancel() {
        leave()
        await pieces.return()
      },
    },
    { highWaterMark: 1 },
  )
  return new Response(stream, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="personal-data-${new Date().toISOString().slice(0, 10)}.json"`,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
