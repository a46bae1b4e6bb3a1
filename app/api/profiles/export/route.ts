import { readColumns, readProfileQuery, viewOf } from '@/app/(portal)/profiles/query'
import { audit } from '@/lib/accounts/audit'
import { hide, sightOf } from '@/lib/accounts/sight'
import { refusalOf, requireRoute } from '@/lib/action'
import { csvLine } from '@/lib/csv'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { exportProfiles } from '@/lib/db/portal/profile-export'
import { Places } from '@/lib/front-door/limits/places'
import { reportIncident } from '@/lib/incident'

export const dynamic = 'force-dynamic'

const places = () => perProcess('export-places', () => new Places(3))

/**
 * GET /api/profiles/export?…&columns=iccid,state: all profiles of a view as CSV, under the query of the table that shows it, by ICCID. Sent as
 * fast as it is taken, so memory stays the same however many there are; one that breaks off ends in an error, never short.
 */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:export')
  if (allowed instanceof Response) return allowed
  const parameters = Object.fromEntries(new URL(request.url).searchParams)
  const filters = readProfileQuery(parameters)
  const columns = readColumns(parameters.columns)
  const leave = places().take(allowed.actor.name)
  if (!leave)
    return Response.json({ message: 'You have several exports under way already. Wait for one to end, then try again.' }, { status: 429 })

  const db = database()
  const target = 'profiles'
  const detail = { view: viewOf(filters), columns }
  let exported = 0
  let over = false
  const finish = async (result: string) => {
    if (over) return
    over = true
    leave()
    await audit(db, allowed.actor, 'profile:export', { target, result, detail: { ...detail, rows: exported } })
  }
  try {
    await audit(db, allowed.actor, 'profile:export', { target, result: 'begun', detail })
  } catch (error) {
    leave()
    return Response.json({ message: refusalOf(error, 'export').message }, { status: 503 })
  }

  const sight = await sightOf(db, allowed.actor.role)
  const steps = exportProfiles(db, filters, columns, row => hide(row, sight))
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => controller.enqueue(encoder.encode(csvLine(columns))),
      async pull(controller) {
        try {
          const { value: rows, done } = await steps.next()
          if (rows) {
            exported += rows.length
            controller.enqueue(encoder.encode(rows.map(csvLine).join('')))
          }
          if (!done) return
          await finish('ok')
          controller.close()
        } catch (error) {
          reportIncident(error, 'export')
          await finish('failed').catch(() => undefined)
          controller.error(error)
        }
      },
      async cancel() {
        await steps.return(undefined)
        await finish('broken off').catch(() => undefined)
      },
    },
    { highWaterMark: 1 },
  )
  const name = `profiles-${new Date().toISOString().slice(0, 10)}.csv`
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
