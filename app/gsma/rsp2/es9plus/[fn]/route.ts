import { mayBeJson } from '@/lib/front-door/es9'
import { es9Limits, turnedAwayAnswer } from '@/lib/front-door/limits/es9-limits'
import { BodyRefused, readStream } from '@/lib/front-door/read-body'
import { answerEs9, maxEs9BodyBytes } from '@/lib/smdp/es9/answer'

/** The same answer as the front door gives, for deployments that run plain `next start` behind somebody's TLS. */
export async function POST(request: Request, { params }: { params: Promise<{ fn: string }> }): Promise<Response> {
  const { headers } = request
  const type = { 'content-type': headers.get('content-type') ?? '', 'content-encoding': headers.get('content-encoding') ?? '' }
  if (!mayBeJson(type)) return new Response('ES9+ functions take application/json, not compressed.\n', { status: 415 })
  const { fn } = await params
  const address = headers.get('x-forwarded-for') ?? ''
  const limits = es9Limits()
  try {
    const turned = limits.atDoor(fn, address)
    const run = async () => answerEs9({ function: fn, body: await readStream(request.body, maxEs9BodyBytes), address })
    const outcome = turned ?? (await limits.inTurn(fn, () => request.signal.aborted, run))
    const answered = 'reason' in outcome ? turnedAwayAnswer(outcome) : outcome
    return new Response(answered.body || null, { status: answered.status, headers: answered.headers })
  } catch (error) {
    if (error instanceof BodyRefused) return new Response(`${error.message}\n`, { status: error.status, headers: { connection: 'close' } })
    throw error
  }
}
