import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { hide, showsDevice, sightOf } from '@/lib/accounts/sight'
import { type Database, transaction } from '@/lib/db/pool'
import { eventExchange } from '@/lib/db/portal/event-exchange'
import { type Exchange, exchangeOf } from '@/lib/rsp/decode/exchange'
import { isExchangeKind } from '@/lib/rsp/decode/exchange-kinds'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'

/** A step of the timeline as somebody may see it; `exchange` where it was a request of a device. */
export interface LookedAt {
  event: TimelineEvent
  exchange: Exchange | null
}

interface LookOptions {
  /** The person asks for the whole EID and IMEI, and may. */
  reveal?: boolean
}

/**
 * A step of a profile's timeline, decoded, with what this role does not see masked. Whoever is shown a whole EID or IMEI by this is on the
 * audit.
 * @param id digits
 * @returns undefined when the profile has no such step
 * @throws NotAllowed
 */
export function lookAtEvent(
  db: Database,
  actor: Actor,
  { iccid, id }: { iccid: string; id: string },
  { reveal = false }: LookOptions = {},
): Promise<LookedAt | undefined> {
  requireMay(actor, reveal ? 'identity:reveal' : 'profile:read')
  return transaction(db, async tx => {
    const stored = await eventExchange(tx, iccid, id)
    if (!stored) return undefined
    const { evidence, notification, metadata, smdpSigned2, otPkDp, ...event } = stored
    const { kind } = event
    const exchange = isExchangeKind(kind) ? exchangeOf({ ...event, kind, evidence, notification, metadata, smdpSigned2, otPkDp }) : null
    const sight = await sightOf(tx, actor.role)
    const shown = hide({ event, exchange }, { ...sight, eids: sight.eids || reveal })
    // What stands on the page already is not a look of its own.
    if (reveal || showsDevice(shown.exchange)) {
      const detail = { event: id, kind, ...(event.eid ? { eid: event.eid } : {}) }
      await audit(tx, actor, reveal ? 'identity:reveal' : 'identity:read', { target: iccid, detail })
    }
    return shown
  })
}
