import { forwardedAddress } from '@/lib/accounts/forwarded-address'
import { mayBeJson } from '@/lib/front-door/es9'
import { es9Limits, turnedAwayAnswer } from '@/lib/front-door/limits/es9-limits'
import { BodyRefused, readStream } from '@/lib/front-door/read-body'
import { answerEs9, type Es9Answer, maxEs9BodyBytes } from '@/lib/smdp/es9/answer'

const responseOf = ({ status, headers, body }: Es9Answer) => new Response(body || null, { status, headers })

/** The same answer as the front door gives, for deployments that run plain `next start` behind somebody's TLS. */
export async function POST(request: Request, { params }: { params: Promise<{ fn: string }> }): Promise<Response> {
  const { headers } = request
  const type = { 'content-type': headers.get('content-type') ?? '', 'content-encoding': headers.get('content-encoding') ?? '' }
  if (!mayBeJson(type)) return new Response('ES9+ functions take application/json, not compressed.\n', { status: 415 })
  const { fn } = await params
  const address = forwardedAddress(headers.get('x-forwarded-for'))
  const limits = es9Limits()
  try {
    const turned = limits.atDoor(fn, address)
    if (turned) return responseOf(turnedAwayAnswer(turned))
    const body = await readStream(request.body, maxEs9BodyBytes)
    const run = () => answerEs9({ function: fn, body, address })
    const outcome = await limits.inTurn(fn, () => request.signal.aborted, run)
    return responseOf('reason' in outcome ? turnedAwayAnswer(outcome) : outcome)
  } catch (error) {
    if (error instanceof BodyRefused) return new Response(`${error.message}\n`, { status: error.status, headers: { connection: 'close' } })
    throw error
  }
}
