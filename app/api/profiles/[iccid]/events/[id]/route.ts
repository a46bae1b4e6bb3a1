import type { Actor } from '@/lib/accounts/actor'
import { requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { Iccid } from '@/lib/rsp/identifiers'
import { lookAtEvent } from './look'

export const dynamic = 'force-dynamic'

type Parameters = { params: Promise<{ iccid: string; id: string }> }

async function answer(actor: Actor, params: Parameters['params'], reveal: boolean): Promise<Response> {
  const { iccid, id } = await params
  const named = Iccid.safeParse(iccid)
  const found =
    named.success && /^[0-9]{1,18}$/.test(id) ? await lookAtEvent(database(), actor, { iccid: named.data, id }, { reveal }) : undefined
  const headers = { 'cache-control': 'no-store' }
  return found
    ? Response.json(found, { headers })
    : Response.json({ message: 'The profile has no such step any more.' }, { status: 404, headers })
}

/** GET /api/profiles/ICCID/events/ID: a step of the timeline down to the fields of request and answer, masked as the role sees them. */
export async function GET(request: Request, { params }: Parameters): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:read')
  return allowed instanceof Response ? allowed : answer(allowed.actor, params, false)
}

/** POST to the same: with the whole EID and IMEI, for whoever asks for them; who asked is on the audit. */
export async function POST(request: Request, { params }: Parameters): Promise<Response> {
  const allowed = await requireRoute(request, 'identity:reveal')
  return allowed instanceof Response ? allowed : answer(allowed.actor, params, true)
}
