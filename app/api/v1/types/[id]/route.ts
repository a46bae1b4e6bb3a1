import { requireApi } from '@/lib/action'
import { readProfileTypeById } from '@/lib/db/type-rows'
import { readType } from '../../_contract/types'
import { answer, type Place } from '../../_serve/answer'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readType, await requireApi(request, 'type:read'), request, place, ({ params }, { db }) => readProfileTypeById(db, params.id))
