import { env } from '@/lib/env'
import { openApiDocument } from '../_contract/openapi'

export const dynamic = 'force-dynamic'

/** GET /api/v1/openapi.json: the description of the API. It tells nothing of this deployment but its address. */
export const GET = (): Response =>
  Response.json(openApiDocument(env().portalUrl), {
    headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
  })
