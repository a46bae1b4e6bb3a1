import { filtersOf, readAuditView } from '@/app/(portal)/audit/query'
import { csvExport } from '@/app/api/csv-export'
import { AUDIT_CSV_COLUMNS, auditCells, exportAudit } from '@/lib/accounts/audit-export'
import { requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { Places } from '@/lib/front-door/limits/places'

export const dynamic = 'force-dynamic'

const places = () => perProcess('audit-export-places', () => new Places(2))

/** GET /api/audit/export?who=…: all rows of a view of the audit as CSV, newest first. EIDs are masked for those who see them masked. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'audit:read')
  if (allowed instanceof Response) return allowed
  const { actor } = allowed
  const view = readAuditView(Object.fromEntries(new URL(request.url).searchParams))
  const { target: search, ...others } = view
  const filters = filtersOf(view)
  const startedAt = new Date()
  // What is written meanwhile, this export's own rows too, is not in it.
  const before = filters.before && filters.before < startedAt ? filters.before : startedAt
  const db = database()
  return csvExport({
    actor,
    db,
    places: places(),
    verb: 'audit:read',
    target: 'audit',
    detail: { format: 'csv', ...others, search },
    where: 'export of the audit',
    name: 'audit',
    columns: AUDIT_CSV_COLUMNS,
    steps: () => exportAudit(db, actor, { ...filters, before }),
    cells: auditCells,
  })
}
