import { requireApi } from '@/lib/action'
import { openView, readRows, viewKeys } from '@/lib/db/portal/profile-list'
import { cursorOf } from '../_contract/cursor'
import { listProfiles } from '../_contract/stock'
import { answer } from '../_serve/answer'

export const GET = async (request: Request): Promise<Response> =>
  answer(listProfiles, await requireApi(request, 'profile:read'), request, undefined, async ({ query }, { db }) => {
    const { search, state: states, runtimeState: runtimeStates, type, sort, order, after, limit } = query
    const view = await openView(db, { search, states, runtimeStates, type })
    const keys = await viewKeys(view, { sort, descending: order === 'descending', from: after, limit: limit + 1 })
    const page = keys.slice(0, limit)
    const last = page.at(-1)
    const data = await readRows(
      db,
      page.map(({ iccid }) => iccid),
    )
    return { data, next: last && keys.length > limit ? cursorOf(last) : null }
  })
