import { forwardedAddress } from '@/lib/accounts/forwarded-address'
import { database, isDatabaseOpen } from '@/lib/db/pool'
import { answerCustomer, customerService } from '@/lib/front-door/customer/answer'

/** The same answer as the front door gives, for deployments that run plain `next start` behind somebody's TLS. */
export async function answerFor(request: Request, path: string): Promise<Response> {
  const { headers } = request
  const { searchParams } = new URL(request.url)
  const host = headers.get('x-forwarded-host') ?? headers.get('host') ?? ''
  const {
    status,
    headers: own,
    body,
  } = await answerCustomer(
    {
      method: request.method,
      path,
      language: searchParams.get('lang'),
      origin: `${headers.get('x-forwarded-proto') ?? 'http'}://${host}`,
      header: name => headers.get(name) ?? undefined,
      address: forwardedAddress(headers.get('x-forwarded-for')),
    },
    isDatabaseOpen() ? customerService(database()) : undefined,
  )
  return new Response(body || null, { status, headers: own })
}
