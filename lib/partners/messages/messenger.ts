import { setTimeout as delay } from 'node:timers/promises'
import { isDatabaseAway } from '@/lib/db/failures'
import { type DueEndpoint, readDueEndpoints, readListening } from '@/lib/db/partners/endpoint-rows'
import { type Database } from '@/lib/db/pool'
import { reportIncident } from '@/lib/incident'
import type { Vault } from '@/lib/vault/vault'
import { createConnections, type SenderIdentity } from './connections'
import { type DeliveryContext, deliverTo, deliveryTimes } from './deliver'
import { spoolMessages } from './spool'

export interface MessengerOptions {
  db: Database
  vault: Vault
  /** As whom this server shows itself, now */
  identity: () => Promise<SenderIdentity>
  clock?: () => Date
  timing?: Partial<MessengerTiming>
}

export interface MessengerTiming {
  /** How often the timeline is looked at, and who can be told something */
  lookMs: number
  /** How long a stop waits for answers that are under way */
  graceMs: number
  /** For one answer */
  timeoutMs: number
  turnMs: number
}

const usual: MessengerTiming = { lookMs: 500, graceMs: 3_000, ...deliveryTimes }

// Each takes a connection of the pool for as long as it is worked for.
const endpointsAtOnce = 4
const afterFaultMs = 5_000
// A large import holds up what came after it; then it is looked at again.
const settleMs = 2_000
// While nobody is told anything, the timeline is passed over in large steps.
const nobodyListensMs = 30_000
// An endpoint of which all that waits is to be tried later is looked at less often, the more it costs.
const quietMs = 1_000
const quietTimes = 20

/**
 * Tells partners and webhooks what the timeline has new: makes messages of it and delivers them, on as many servers at once as there are; each endpoint
 * is worked for by one of them. Whatever ends this process, what was not marked as sent is sent again.
 * @returns how to stop
 */
export function startMessenger({ db, vault, identity, clock = () => new Date(), timing }: MessengerOptions): () => Promise<void> {
  const times = { ...usual, ...timing }
  const stopping = new AbortController()
  const cutting = new AbortController()
  const { signal } = stopping
  const connections = createConnections({ db, vault, identity })
  const { timeoutMs, turnMs } = times
  const context: DeliveryContext = { db, vault, connections, clock, timeoutMs, turnMs, signal, cut: cutting.signal }
  const running = new Map<string, Promise<void>>()
  const quietUntil = new Map<string, number>()

  const deliver = async (endpoint: DueEndpoint) => {
    const began = performance.now()
    try {
      const tried = await deliverTo(context, endpoint)
      const took = performance.now() - began
      if (!tried) quietUntil.set(endpoint.id, performance.now() + Math.max(quietMs, quietTimes * took))
    } catch (error) {
      quietUntil.set(endpoint.id, performance.now() + afterFaultMs)
      report(error, 'telling an endpoint', signal)
    } finally {
      running.delete(endpoint.id)
    }
  }
  const deliverDue = async () => {
    const due = await readDueEndpoints(db, clock())
    const now = performance.now()
    // Whoever waits longest for a turn comes first.
    due.sort((a, b) => (quietUntil.get(a.id) ?? 0) - (quietUntil.get(b.id) ?? 0))
    for (const endpoint of due) {
      if (signal.aborted || running.size >= endpointsAtOnce) break
      if (running.has(endpoint.id) || (quietUntil.get(endpoint.id) ?? 0) > now) continue
      quietUntil.set(endpoint.id, now)
      running.set(endpoint.id, deliver(endpoint))
    }
  }
  let passedOverAt = Number.NEGATIVE_INFINITY
  const spool = async () => {
    if ((await readListening(db)).length === 0) {
      if (performance.now() < passedOverAt + nobodyListensMs) return
      passedOverAt = performance.now()
    }
    const { requester } = await identity()
    const made = await spoolMessages(db, { now: clock(), requester, waitMs: settleMs, signal })
    if (made === 0) return
    quietUntil.clear()
    await deliverDue()
  }
  const keep = async (what: string, work: () => Promise<void>) => {
    while (!signal.aborted) {
      const waitMs = await work().then(
        () => times.lookMs,
        error => {
          report(error, what, signal)
          return afterFaultMs
        },
      )
      await delay(waitMs, undefined, { ref: false, signal }).catch(() => undefined)
    }
  }
  const looking = Promise.all([keep('making messages', spool), keep('looking for messages', deliverDue)])
  return async () => {
    stopping.abort()
    const cut = setTimeout(() => cutting.abort(), times.graceMs)
    await looking
    await Promise.all(running.values())
    clearTimeout(cut)
    connections.close()
  }
}

function report(error: unknown, what: string, signal: AbortSignal): void {
  if (!signal.aborted && !isDatabaseAway(error)) reportIncident(error, what)
}
