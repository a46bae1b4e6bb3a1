import { hide } from '@/lib/accounts/sight'
import { requireApi } from '@/lib/action'
import { profileDetail, timelineAfter } from '@/lib/db/portal/profile-detail'
import { RspError, STATUS } from '@/lib/rsp/status'
import { tell } from '@/lib/rsp/timeline/sentences'
import { readTimeline } from '../../../_contract/stock'
import { answer, type Place } from '../../../_serve/answer'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readTimeline, await requireApi(request, 'profile:read'), request, place, async ({ params, query }, { db, sight }) => {
    if (!(await profileDetail(db, params.iccid))) throw new RspError('iccidUnknown', params.iccid)
    const rows = await timelineAfter(db, params.iccid, query.after, query.limit + 1)
    const page = rows.slice(0, query.limit)
    const last = page.at(-1)
    return {
      data: page.map(row => {
        // Sentences tell of EIDs too: they are made of what is shown.
        const event = hide(row, sight)
        const { title, lines } = tell(event)
        const { status } = event
        const codes = status && { name: status, subjectCode: STATUS[status].subjectCode, reasonCode: STATUS[status].reasonCode }
        return { ...event, sentence: [title, ...lines].join(' '), status: codes }
      }),
      next: last && rows.length > query.limit ? last.id : null,
    }
  })
