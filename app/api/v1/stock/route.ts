import { requireApi } from '@/lib/action'
import { countStock, readStockSettings } from '@/lib/db/portal/stock-levels'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { readStock } from '../_contract/stock'
import { answer } from '../_serve/answer'

const none = (): Record<ProfileState, number> => Object.fromEntries(PROFILE_STATES.map(state => [state, 0])) as Record<ProfileState, number>

export const GET = async (request: Request): Promise<Response> =>
  answer(readStock, await requireApi(request, 'profile:read'), request, undefined, async (_, { db }) => {
    const [types, counts] = await Promise.all([readStockSettings(db), countStock(db)])
    return {
      data: types.map(({ typeId, typeName: type, live }) => {
        const states = none()
        for (const each of counts) if (each.typeId === typeId) states[each.state] += each.count
        return { typeId, type, live, total: Object.values(states).reduce((sum, count) => sum + count, 0), states }
      }),
    }
  })
