import { readColumns, readProfileQuery, viewOf } from '@/app/(portal)/profiles/query'
import { csvExport } from '@/app/api/csv-export'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { exportProfiles } from '@/lib/db/portal/profile-export'
import { Places } from '@/lib/front-door/limits/places'

export const dynamic = 'force-dynamic'

const places = () => perProcess('export-places', () => new Places(3))

/** GET /api/profiles/export?…&columns=iccid,state: all profiles of a view as CSV, under the query of the table that shows it, by ICCID. */
export async function GET(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:export')
  if (allowed instanceof Response) return allowed
  const { actor } = allowed
  const parameters = Object.fromEntries(new URL(request.url).searchParams)
  const filters = readProfileQuery(parameters)
  const columns = readColumns(parameters.columns)
  const db = database()
  return csvExport({
    actor,
    db,
    places: places(),
    verb: 'profile:export',
    target: 'profiles',
    detail: { view: viewOf(filters), columns },
    where: 'export',
    name: 'profiles',
    columns,
    steps: async () => {
      const sight = await sightOf(db, actor.role)
      return exportProfiles(db, filters, columns, row => hide(row, sight))
    },
    cells: row => row,
  })
}
