import { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { authOptions } from '@/lib/accounts/auth-options'
import { database } from '@/lib/db/pool'
import { maxSignInBodyBytes } from '@/lib/front-door/portal-body'
import { BodyRefused, readStream } from '@/lib/front-door/read-body'
import { vault } from '@/lib/vault/vault'

interface Context {
  params: Promise<{ nextauth: string[] }>
}

const answer = async (request: NextRequest, context: Context): Promise<Response> =>
  NextAuth(request, context, await authOptions(database(), vault()))

/** next-auth reads whatever comes: it gets a body that has been read, within its bound. */
async function POST(request: NextRequest, context: Context): Promise<Response> {
  const { url, method, headers } = request
  try {
    const body = await readStream(request.body, maxSignInBodyBytes)
    return await answer(new NextRequest(url, { method, headers, body: new Uint8Array(body) }), context)
  } catch (error) {
    if (error instanceof SyntaxError) return new Response('The body is not JSON.\n', { status: 400 })
    if (!(error instanceof BodyRefused)) throw error
    return new Response(`${error.message}\n`, { status: error.status, headers: { connection: 'close' } })
  }
}

export { answer as GET, POST }
