import { Readable } from 'node:stream'
import { refusalOf, requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Places } from '@/lib/front-door/limits/places'
import { importDevices } from '@/lib/inventory/devices/import-devices'
import type { DeviceListAnswer } from '../../(portal)/settings/device-list-answer'

export const dynamic = 'force-dynamic'

const places = () => perProcess('device-list-places', () => new Places(1))
const mostShown = 100

const answer = (status: number, body: DeviceListAnswer): Response =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } })

/** POST /api/devices?mode=add|replace&name=FILE with a table of TACs as the body. The answer is JSON (DeviceListAnswer). */
export async function POST(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'device:write')
  if (allowed instanceof Response) return allowed
  if (!request.body) return answer(400, { message: 'The file is empty.' })
  const parameters = new URL(request.url).searchParams
  const name =
    (parameters.get('name') ?? '')
      .replace(/\p{Cc}/gu, '')
      .trim()
      .slice(0, 255) || 'devices.csv'
  const leave = places().take('')
  if (!leave) return answer(429, { message: 'Another list is being loaded. Wait for it to end, then send the file again.' })
  try {
    const source = Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0])
    const mode = parameters.get('mode') === 'replace' ? 'replace' : 'add'
    const { problems, ...imported } = await importDevices(database(), allowed.actor, { source, name, mode })
    return answer(200, { ...imported, problems: problems.slice(0, mostShown) })
  } catch (error) {
    return answer(error instanceof FormError ? 422 : 500, { message: refusalOf(error, 'devices').message })
  } finally {
    leave()
  }
}
