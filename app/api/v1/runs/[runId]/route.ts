import { requireApi } from '@/lib/action'
import { runDetail } from '@/lib/db/run-rows'
import { readRun } from '../../_contract/runs'
import { answer, type Place } from '../../_serve/answer'

export const GET = async (request: Request, place: Place): Promise<Response> =>
  answer(readRun, await requireApi(request, 'profile:read'), request, place, async ({ params: { runId } }, { db }) => {
    const run = await runDetail(db, runId)
    return run && { ...run, runId }
  })
