import { mayBeJson } from '@/lib/front-door/es9'
import { BodyRefused, readStream } from '@/lib/front-door/read-body'
import { answerEs9, maxEs9BodyBytes } from '@/lib/smdp/es9/answer'

/** The same answer as the front door gives, for deployments that run plain `next start` behind somebody's TLS. */
export async function POST(request: Request, { params }: { params: Promise<{ fn: string }> }): Promise<Response> {
  const { headers } = request
  const type = { 'content-type': headers.get('content-type') ?? '', 'content-encoding': headers.get('content-encoding') ?? '' }
  if (!mayBeJson(type)) return new Response('ES9+ functions take application/json, not compressed.\n', { status: 415 })
  try {
    const body = await readStream(request.body, maxEs9BodyBytes)
    const answered = await answerEs9({ function: (await params).fn, body, address: headers.get('x-forwarded-for') ?? undefined })
    return new Response(answered.body || null, { status: answered.status, headers: answered.headers })
  } catch (error) {
    if (error instanceof BodyRefused) return new Response(`${error.message}\n`, { status: error.status, headers: { connection: 'close' } })
    throw error
  }
}
