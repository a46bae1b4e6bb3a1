import { nextState, type ProfileState } from '@/lib/rsp/lifecycle'
import { StaleState } from './move-profile'
import type { Transaction } from './pool'
import { prepared } from './prepared'
import { EVENT_COLUMNS, EVENT_PARAMETERS, EVENT_VALUES, type ProfileEvent } from './profile-events'

export interface OrderBinding {
  iccid: string
  orderId: string
  /** The state that the caller has seen */
  state: ProfileState
  /** Where the lifecycle tells a profile of one eUICC from one of any; left out: the state stays */
  event?: 'link' | 'unlink' | undefined
  at: Date
  /** The order's EID that the caller has seen */
  seenEid: string | null
  /** Null: for any eUICC */
  eid: string | null
  timeline: ProfileEvent
}

/*
 * A delivery compares the order's EID as it was when its statement began, and waits for the profile's row alone: the EID has to stand there too, or a
 * delivery that waited for us would go to the eUICC of before.
 */
const BIND_ORDER = prepared<Omit<OrderBinding, 'event'> & { to: ProfileState }>(
  'bind-order',
  { iccid: 'text', orderId: 'uuid', state: 'text', to: 'text', at: 'timestamptz', seenEid: 'text', eid: 'text', ...EVENT_VALUES },
  `WITH bound AS (
      UPDATE profile p SET state = :to, state_since = CASE WHEN p.state = :to THEN p.state_since ELSE :at END,
        eid = CASE WHEN p.state IN ('Confirmed', 'Released') THEN :eid END
      FROM download_order o
      WHERE p.iccid = :iccid AND p.state = :state AND p.order_id = :orderId AND p.binding_id IS NULL
        AND o.id = :orderId AND o.closed_at IS NULL AND o.eid IS NOT DISTINCT FROM :seenEid
        AND NOT (coalesce(o.matching_id, 'none') = '' AND :eid IS NULL)
      RETURNING p.iccid),
    changed AS (UPDATE download_order SET eid = :eid WHERE id = :orderId AND EXISTS (SELECT FROM bound))
    INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${EVENT_PARAMETERS} FROM bound`,
)

/**
 * Changes for which eUICC an open order is whose package nobody has taken, by compare-and-set on profile and order; the timeline is written by the same
 * statement. The transaction holds the profile.
 * @throws StaleState when something is no longer as the caller saw it; then nothing was changed
 */
export async function bindOrder(tx: Transaction, { event, ...binding }: OrderBinding): Promise<ProfileState> {
  const to = event ? nextState(binding.state, event) : binding.state
  if (!to) throw new Error(`There is no ${event} from ${binding.state}.`)
  const { rowCount } = await tx.query(BIND_ORDER({ ...binding, to }))
  if (rowCount !== 1) throw new StaleState(binding.iccid)
  return to
}
