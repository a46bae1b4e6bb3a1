import { filtersOf, readAuditView } from '@/app/(portal)/audit/query'
import { audit } from '@/lib/accounts/audit'
import { AUDIT_CSV_COLUMNS, auditCells, exportAudit } from '@/lib/accounts/audit-export'
import { refusalOf, requireRoute } from '@/lib/action'
import { csvLine } from '@/lib/csv'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { Places } from '@/lib/front-door/limits/places'
import { reportIncident } from '@/lib/incident'

export const dynamic = 'force-dynamic'

const places = () => perProcess('audit-export-places', () => new Places(2))

/**
 * GET /api/audit/export?who=…: all rows of a view of the audit as CSV, newest first, under the query of the page that shows them. Sent as fast
 * as it is taken; one that breaks off ends in an error, never short. EIDs are masked for those who see them masked.
 */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'audit:read')
  if (allowed instanceof Response) return allowed
  const { actor } = allowed
  const view = readAuditView(Object.fromEntries(new URL(request.url).searchParams))
  const leave = places().take(actor.name)
  if (!leave)
    return Response.json({ message: 'You have several exports under way already. Wait for one to end, then try again.' }, { status: 429 })

  const db = database()
  const { target: search, ...others } = view
  const detail = { format: 'csv', ...others, search }
  const filters = filtersOf(view)
  const startedAt = new Date()
  let exported = 0
  let over = false
  const finish = async (result: string) => {
    if (over) return
    over = true
    leave()
    await audit(db, actor, 'audit:read', { target: 'audit', result, detail: { ...detail, rows: exported } })
  }
  try {
    await audit(db, actor, 'audit:read', { target: 'audit', result: 'begun', detail })
  } catch (error) {
    leave()
    return Response.json({ message: refusalOf(error, 'export of the audit').message }, { status: 503 })
  }

  // What is written meanwhile, this export's own rows too, is not in it.
  const before = filters.before && filters.before < startedAt ? filters.before : startedAt
  const steps = exportAudit(db, actor, { ...filters, before })
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => controller.enqueue(encoder.encode(csvLine(AUDIT_CSV_COLUMNS))),
      async pull(controller) {
        try {
          const { value: rows, done } = await steps.next()
          if (rows) {
            exported += rows.length
            controller.enqueue(encoder.encode(rows.map(row => csvLine(auditCells(row))).join('')))
          }
          if (!done) return
          await finish('ok')
          controller.close()
        } catch (error) {
          reportIncident(error, 'export of the audit')
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
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="audit-${startedAt.toISOString().slice(0, 10)}.csv"`,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
