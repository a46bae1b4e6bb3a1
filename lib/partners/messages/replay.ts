import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { lockEndpoint, tryEndpointNow } from '@/lib/db/partners/endpoint-rows'
import { insertMessages, type MessageFilters, type MessageRow, readMessages, reviveMessages } from '@/lib/db/partners/message-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { PartnerContext } from '../context'
import { testOf } from './points'
import { listenerOf } from './spool'

export type { MessageFilters } from '@/lib/db/partners/message-rows'
export type MessageContext = Pick<PartnerContext, 'actor' | 'now'>

const mostIds = 1_000

/** These messages, whatever became of them; or all dead ones of an endpoint. */
export const ReplayInput = z.union([
  z.object({
    ids: z
      .array(z.string().regex(/^\d{1,18}$/))
      .min(1)
      .max(mostIds),
  }),
  z.object({ deadOf: z.uuid() }),
])
export type ReplayInput = z.infer<typeof ReplayInput>

/**
 * Sends messages again, or those that wait at once: each in its place among those of its profile, under the functionCallIdentifier that it had, so that
 * whoever got it knows it again. Endpoints that are removed are told nothing.
 * @returns how many messages; none when they are gone, or their endpoint is
 * @throws NotAllowed
 */
export async function replayMessages(db: Database, { actor, now }: MessageContext, input: ReplayInput): Promise<{ count: number }> {
  requireMay(actor, 'message:replay')
  const what = ReplayInput.parse(input)
  return transaction(db, async tx => {
    const revived = await reviveMessages(tx, what, { at: now, name: actor.name })
    for (const { endpointId, name, count } of revived) {
      await tryEndpointNow(tx, endpointId)
      await audit(tx, actor, 'message:replay', {
        target: name,
        detail: { endpoint: endpointId, messages: count, ...('ids' in what && what.ids.length === 1 ? { message: what.ids[0] } : {}) },
      })
    }
    return { count: revived.reduce((sum, { count }) => sum + count, 0) }
  })
}

/**
 * Sends an endpoint a message that tells of nothing; at once, also if the endpoint was being left alone.
 * @param requester this server's functionRequesterIdentifier
 * @returns the functionCallIdentifier, which is also the id in a webhook's body
 * @throws NotAllowed; FormError when the endpoint was removed
 */
export async function sendTest(
  db: Database,
  { actor, now }: MessageContext,
  endpointId: string,
  requester: string,
): Promise<{ functionCallIdentifier: string }> {
  requireMay(actor, 'message:replay')
  return transaction(db, async tx => {
    const endpoint = await lockEndpoint(tx, z.uuid().parse(endpointId))
    if (!endpoint) throw new FormError('This endpoint is not there any more.')
    const { name, body } = testOf(listenerOf(endpoint), now)
    const functionCallIdentifier = randomUUID()
    // Beside those of profiles: it waits for nobody, and nobody for it.
    const message = { endpointId, eventId: null, iccid: '', name, functionCallIdentifier, body: body(functionCallIdentifier, requester) }
    await insertMessages(tx, [message], now)
    await tryEndpointNow(tx, endpointId)
    await audit(tx, actor, 'message:replay', { target: endpoint.name, detail: { endpoint: endpointId, test: functionCallIdentifier } })
    return { functionCallIdentifier }
  })
}

/** Messages, newest first, without what they say. @throws NotAllowed */
export async function listMessages(
  db: Queryable,
  { actor }: Pick<MessageContext, 'actor'>,
  filters: MessageFilters,
): Promise<MessageRow[]> {
  requireMay(actor, 'message:read')
  return readMessages(db, filters)
}
