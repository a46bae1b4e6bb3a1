import { requireApi } from '@/lib/action'
import { listTypes as readTypes } from '@/lib/inventory/types'
import { listTypes } from '../_contract/types'
import { answer } from '../_serve/answer'

export const GET = async (request: Request): Promise<Response> =>
  answer(listTypes, await requireApi(request, 'type:read'), request, undefined, async (_, { db }) => ({ data: await readTypes(db) }))
