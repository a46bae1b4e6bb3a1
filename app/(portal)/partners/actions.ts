'use server'

import { z } from 'zod'
import { sightOf } from '@/lib/accounts/sight'
import { operatorAction } from '@/lib/action'
import { callDetail, messageDetail } from '@/lib/db/partners/workbench'
import { FormError } from '@/lib/form-error'
import { replayMessages, sendTest } from '@/lib/partners/messages/replay'
import { credentials } from '@/lib/smdp/credentials'
import { clientIdentity, requesterOf } from '@/lib/smdp/es12/client-identity'
import { type ShownEntry, shownCall, shownMessage } from './entry'
import { shownUrl } from './shown-url'

const Id = z.string().regex(/^[0-9]{1,18}$/)
const OfEndpoint = z.object({ endpointId: z.uuid() })
const gone = 'This is not there any more: calls and messages are kept for 90 days.'

/** What was said in a call or a message, as whoever asks may see it. */
export const lookAt = operatorAction(
  'message:read',
  z.object({ kind: z.enum(['call', 'message']), id: Id }),
  async ({ kind, id }, { db, actor }): Promise<ShownEntry> => {
    const sight = await sightOf(db, actor.role)
    if (kind === 'call') {
      const call = await callDetail(db, id)
      if (!call) throw new FormError(gone)
      return shownCall(call, sight)
    }
    const message = await messageDetail(db, id)
    if (!message) throw new FormError(gone)
    return shownMessage({ ...message, url: shownUrl(message.url, actor.role) }, sight)
  },
)

export const replayOne = operatorAction('message:replay', z.object({ id: Id }), async ({ id }, { db, actor, now }) => {
  const { count } = await replayMessages(db, { actor, now }, { ids: [id] })
  if (count === 0) throw new FormError('Nothing was sent: this message is not there any more, or its receiver was removed.')
  return { count }
})

/** All that an endpoint was not told. */
export const replayDead = operatorAction('message:replay', OfEndpoint, async ({ endpointId }, { db, actor, now }) => {
  const { count } = await replayMessages(db, { actor, now }, { deadOf: endpointId })
  if (count === 0) throw new FormError('Nothing was sent: nothing is given up any more, or this receiver was removed.')
  return { count }
})

export const testEndpoint = operatorAction('message:replay', OfEndpoint, async ({ endpointId }, { db, actor, now, env }) => {
  const own = clientIdentity(await credentials().current(), env.smdpAddress, now)
  await sendTest(db, { actor, now }, endpointId, requesterOf(own, env.smdpAddress))
  return {}
})
