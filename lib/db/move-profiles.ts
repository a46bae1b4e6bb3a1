import { nextState, type ProfileState } from '@/lib/rsp/lifecycle'
import type { Transaction } from './pool'
import { IN_STOCK } from './stock'

export interface MoveMany {
  iccids: string[]
  event: 'retire' | 'restore'
  at: Date
  /** As the timeline names it */
  actor: string
}

const FROM: Record<MoveMany['event'], ProfileState> = { retire: 'Available', restore: 'Unavailable' }

/** What was retired comes back, what an order left behind or a device has seen does not: the event that ended its life in stock tells. */
const RETIRED = `p.eid IS NULL AND p.binding_id IS NULL AND EXISTS (
  SELECT FROM profile_event e WHERE e.iccid = p.iccid AND e.kind = 'retire' AND e.at = p.state_since)`

/**
 * Moves profiles without an order, as `moveProfile` does for one: compare-and-set, with their timeline, by one statement. Those that are not, or no
 * longer, as the event wants them stay as they are.
 * @returns the ICCIDs of those that moved
 */
export async function moveProfiles(tx: Transaction, { iccids, event, at, actor }: MoveMany): Promise<string[]> {
  const to = nextState(FROM[event], event)
  const { rows } = await tx.query<{ iccid: string }>({
    name: `move-many-${event}`,
    // Always in one order, so that two who want the same ones do not wait for each other.
    text: `WITH wanted AS (
        SELECT p.iccid FROM profile p
        WHERE p.iccid = ANY($1::text[]) AND p.state = $2 AND p.order_id IS NULL AND ${IN_STOCK} ${event === 'restore' ? `AND ${RETIRED}` : ''}
        ORDER BY p.iccid FOR UPDATE OF p),
      moved AS (UPDATE profile p SET state = $3, state_since = $4 FROM wanted WHERE p.iccid = wanted.iccid RETURNING p.iccid),
      told AS (INSERT INTO profile_event (at, iccid, actor, kind, outcome) SELECT $4::timestamptz, iccid, $5, $6, 'ok' FROM moved)
      SELECT iccid FROM moved`,
    values: [iccids, FROM[event], to, at, actor, event],
  })
  return rows.map(({ iccid }) => iccid)
}
