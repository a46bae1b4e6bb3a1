import { endedSmdsEvents, moveSmdsEvent, type SmdsEventRow } from '@/lib/db/partners/smds-rows'
import type { Queryable } from '@/lib/db/pool'
import { RspError } from '@/lib/rsp/status'
import type { EventRegistrar } from './registrar'

interface Run {
  registrar: () => EventRegistrar
  now: () => Date
  signal: AbortSignal
}

const firstWaitMs = 5_000
const longestWaitMs = 3_600_000
const triedForMs = 30 * 86_400_000
const page = 200
const atOnce = 4

/** What did not work is tried again after growing waits. */
class Waits {
  private readonly failed = new Map<string, { times: number; until: number }>()

  failure(key: string, now: number): void {
    const times = (this.failed.get(key)?.times ?? 0) + 1
    this.failed.set(key, { times, until: now + Math.min(longestWaitMs, firstWaitMs * 2 ** (times - 1)) })
  }

  success(key: string): void {
    this.failed.delete(key)
  }

  waiting(now: number): string[] {
    return [...this.failed].filter(([, { until }]) => until > now).map(([key]) => key)
  }
}

/**
 * Takes the events of orders that have ended (installed, failed, cancelled) away from their SM-DS (SGP.22 §3.6.3). An SM-DS that is not accessible, and an
 * event that it refuses to delete, is asked again after a while, up to an hour and for 30 days: then devices find there what this server refuses.
 * @returns what does it once; it remembers whom to leave alone
 */
export function endedEvents(): (db: Queryable, run: Run) => Promise<void> {
  const ofServers = new Waits()
  const ofOrders = new Waits()

  async function take(db: Queryable, event: SmdsEventRow, { registrar, now }: Run): Promise<void> {
    const { orderId, ...asked } = event
    try {
      await registrar().delete(asked)
      await moveSmdsEvent(db, orderId, 'registered', 'deleted')
      ofServers.success(event.smdsAddress)
      ofOrders.success(orderId)
    } catch (error) {
      if (!(error instanceof RspError)) throw error
      if (error.status === 'smdsInaccessible') ofServers.failure(event.smdsAddress, now().getTime())
      else ofOrders.failure(orderId, now().getTime())
    }
  }

  return async (db, run) => {
    for (;;) {
      const at = run.now().getTime()
      const without = { smdsAddresses: ofServers.waiting(at), orderIds: ofOrders.waiting(at) }
      const events = await endedSmdsEvents(db, { after: new Date(at - triedForMs), without, limit: page })
      for (let from = 0; from < events.length; from += atOnce) {
        if (run.signal.aborted) return
        const silent = new Set(ofServers.waiting(run.now().getTime()))
        const some = events.slice(from, from + atOnce).filter(({ smdsAddress }) => !silent.has(smdsAddress))
        await Promise.all(some.map(event => take(db, event, run)))
      }
      if (events.length < page) return
    }
  }
}
