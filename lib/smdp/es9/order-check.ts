import type { SessionOrder } from '@/lib/db/es9-rows'
import type { OrderOutcome } from '@/lib/db/move-profile'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { StatusName } from '@/lib/rsp/status'

/** A "no" that is kept: what was decided and what it does to the order. */
export interface Refusal {
  status: StatusName
  detail?: string
  /** Ends the order: the profile goes to Error, the order closes with this outcome. */
  ends?: OrderOutcome
}

const SPENT: Partial<Record<OrderOutcome, Refusal>> = {
  downloadAttemptsExceeded: { status: 'downloadAttemptsExceeded', detail: 'The order ended when its attempts were used up.' },
  confirmationCodeAttemptsExceeded: {
    status: 'downloadAttemptsExceeded',
    detail: 'The order ended after too many wrong confirmation codes.',
  },
  installed: { status: 'matchingIdRefused', detail: 'The profile was installed with this code before.' },
  cancelled: { status: 'matchingIdRefused', detail: 'The order was cancelled.' },
}

/**
 * Whether this eUICC may have the order's profile now, in the order of SGP.22 §5.6.3: EID, state, expiry.
 * Undefined when nothing stands against it.
 */
export function refuseOrder(order: SessionOrder, eid: string, now: Date): Refusal | undefined {
  if (order.closedAt) return SPENT[order.outcome ?? 'failed'] ?? { status: 'matchingIdRefused', detail: 'The order has ended.' }
  if (order.orderEid && order.orderEid !== eid) return { status: 'eidRefused', detail: 'The order is for another eUICC.' }
  if (order.claimedEid && order.claimedEid !== eid)
    return { status: 'eidRefused', detail: 'Another eUICC has taken this profile with the same code.' }
  if (order.state !== 'Released' && order.state !== 'Downloaded')
    return { status: 'profileNotReleased', detail: `The profile is ${order.state}.` }
  if (order.expiresAt && order.expiresAt <= now)
    return { status: 'orderExpired', detail: `The order was valid until ${order.expiresAt.toISOString()}.` }
  return undefined
}

/**
 * The same question at §5.6.2, after authenticateClient: whose it has become counts first, an order that has ended has no profile to
 * give, and wrong confirmation codes may have ended it.
 */
export function refuseDelivery(order: SessionOrder, eid: string, now: Date): Refusal | undefined {
  if (order.claimedEid && order.claimedEid !== eid) return refuseOrder({ ...order, closedAt: null }, eid, now)
  if (!order.closedAt) return refuseOrder(order, eid, now)
  const detail = 'The order ended after authenticateClient.'
  return { status: order.outcome === 'confirmationCodeAttemptsExceeded' ? order.outcome : 'profileNotReleased', detail }
}

/** States from which this eUICC may end the order: once somebody has taken the profile, only that eUICC may. */
export const endableStates = (order: Pick<SessionOrder, 'claimedEid'>, eid: string): ProfileState[] =>
  order.claimedEid === null ? ['Released'] : order.claimedEid === eid ? ['Downloaded'] : []
