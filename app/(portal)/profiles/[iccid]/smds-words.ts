import type { OrderDetail } from '@/lib/db/portal/profile-detail'
import { deletionTriedForMs } from '@/lib/orders/smds-event'
import type { ProfileState } from '@/lib/rsp/lifecycle'

export interface SmdsWords {
  /** As in "Registered", without the address */
  state: string
  /** When that was, where it is known */
  at?: Date
  tone: 'plain' | 'bad'
  /** What is the matter, or what it waits for */
  more?: string
}

type SmdsOrder = Pick<OrderDetail, 'smdsAddress' | 'smdsEvent' | 'smdsRegisteredAt' | 'smdsFailure' | 'smdsGivenUp' | 'closedAt' | 'eid'>

/**
 * What has become of an order's event on its SM-DS, by which the device finds the order by itself; undefined for an order without one.
 * @param state of the profile
 */
export function smdsWords(order: SmdsOrder, state: ProfileState, now: Date): SmdsWords | undefined {
  if (order.smdsAddress === null || order.smdsEvent === null) return undefined
  if (order.smdsEvent === 'deleted') return { state: 'Deleted', tone: 'plain' }
  if (order.smdsEvent === 'waiting') return waiting(order, state)
  if (order.closedAt === null)
    return { state: 'Registered', tone: 'plain', ...(order.smdsRegisteredAt ? { at: order.smdsRegisteredAt } : {}) }
  return deleting(order, order.closedAt, now)
}

function waiting({ closedAt, smdsFailure, smdsGivenUp }: SmdsOrder, state: ProfileState): SmdsWords {
  if (closedAt) return { state: 'Never registered', tone: 'plain', more: 'The order ended before.' }
  if (state !== 'Released' && state !== 'Downloaded')
    return { state: 'Waiting to be registered', tone: 'plain', more: 'It is registered when the order is released.' }
  if (smdsGivenUp) return { state: 'Could not be registered', tone: 'bad', more: told(smdsFailure, 'Hand out the code instead.') }
  if (smdsFailure) return { state: 'Waiting to be registered', tone: 'bad', more: told(smdsFailure, 'It is tried again by itself.') }
  return { state: 'Waiting to be registered', tone: 'plain' }
}

function deleting({ eid, smdsFailure, smdsGivenUp }: SmdsOrder, closedAt: Date, now: Date): SmdsWords {
  if (eid === null || !/^[0-9•]/.test(eid))
    return { state: 'Could not be deleted', tone: 'bad', more: 'The EID was erased, so the event cannot be named any more.' }
  if (smdsGivenUp || now.getTime() - closedAt.getTime() > deletionTriedForMs) {
    const end = 'It is not tried any more: ask whoever runs the SM-DS to delete it. A device that finds it is turned away.'
    return { state: 'Could not be deleted', tone: 'bad', more: told(smdsFailure, end) }
  }
  if (smdsFailure) return { state: 'Could not be deleted yet', tone: 'bad', more: told(smdsFailure, 'It is tried again by itself.') }
  return { state: 'Being deleted', tone: 'plain' }
}

const told = (why: string | null, then: string): string => (why ? `${why} ${then}` : then)
