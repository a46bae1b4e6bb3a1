import { requireRoute } from '@/lib/action'
import { readPgpKey } from '@/lib/db/pgp-key-rows'
import { database } from '@/lib/db/pool'

/** GET /settings/keys/pgp/FINGERPRINT: the public half of a PGP key, for vendors. */
export async function GET(request: Request, { params }: { params: Promise<{ fingerprint: string }> }): Promise<Response> {
  const allowed = await requireRoute(request, 'transport:read')
  if (allowed instanceof Response) return allowed
  const key = await readPgpKey(database(), (await params).fingerprint)
  if (!key) return Response.json({ message: 'There is no PGP key with this fingerprint.' }, { status: 404 })
  return new Response(key.publicKey, {
    headers: {
      'content-type': 'application/pgp-keys',
      'content-disposition': `attachment; filename="slipway-${key.fingerprint.slice(-16)}.asc"`,
      'cache-control': 'no-store',
    },
  })
}
