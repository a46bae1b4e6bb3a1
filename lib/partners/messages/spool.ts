import { randomUUID } from 'node:crypto'
import { type FollowOptions, followEvents } from '@/lib/db/event-reader'
import { type ListeningEndpoint, readListening } from '@/lib/db/partners/endpoint-rows'
import { insertMessages, type NewMessage } from '@/lib/db/partners/message-rows'
import { readTimelineSteps } from '@/lib/db/partners/timeline-steps'
import type { Database } from '@/lib/db/pool'
import { type Listener, toldOf } from './points'
import { TOLD_KINDS } from './telling'

const perStep = 2_000

export const listenerOf = (endpoint: ListeningEndpoint): Listener => ({ ...endpoint, points: endpoint.points as Listener['points'] })

/**
 * Makes messages of what the timeline has new. An event is written in the transaction of its step, and how far this has come is committed with the
 * messages: of each step there is a message for each endpoint that wants it, once. Of several processes one works.
 * @param more.requester this server's functionRequesterIdentifier
 * @returns how many messages were made
 */
export async function spoolMessages(
  db: Database,
  { now, requester, ...options }: FollowOptions & { now: Date; requester: string },
): Promise<number> {
  let made = 0
  await followEvents(
    db,
    'messages',
    async (tx, range) => {
      const endpoints = await readListening(tx)
      const [oldest] = endpoints
      if (!oldest) return
      const steps = await readTimelineSteps(tx, range, { kinds: TOLD_KINDS, since: oldest.createdAt })
      const listeners = endpoints.map(endpoint => ({ id: endpoint.id, listener: listenerOf(endpoint) }))
      const messages = steps.flatMap(step =>
        listeners.flatMap(({ id: endpointId, listener }) =>
          toldOf(listener, step).map(({ name, body }): NewMessage => {
            const functionCallIdentifier = randomUUID()
            const { eventId, iccid } = step
            return { endpointId, eventId, iccid, name, functionCallIdentifier, body: body(functionCallIdentifier, requester) }
          }),
        ),
      )
      made += await insertMessages(tx, messages, now)
    },
    { perStep, ...options },
  )
  return made
}
