import { type ProfileEvent as LifecycleEvent, nextState, type ProfileState } from '@/lib/rsp/lifecycle'
import { givenRows } from './given-rows'
import { type OrderOutcome, StaleState } from './move-profile'
import type { Transaction } from './pool'
import { type EventKind, storableJson } from './profile-events'
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
export const RETIRED = `p.eid IS NULL AND p.binding_id IS NULL AND EXISTS (
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

/** A step of one profile, as `Move` of move-profile has it. */
export interface OrderedMove {
  iccid: string
  /** The open order that the caller has seen; null for none */
  orderId: string | null
  from: ProfileState
  event: LifecycleEvent
  /** The order that is open from now on */
  opens?: string
  /** Of the timeline */
  eid?: string | undefined
  data?: Record<string, unknown>
}

interface CommonMove {
  at: Date
  actor: string
  kind: EventKind
  /** Closes the open orders with this outcome. */
  closeAs?: OrderOutcome
  /** The profiles go back to stock: which eUICC had asked for them no longer counts. */
  forgetDevice?: boolean
}

const orderedMoveText = (source: string, { closeAs, forgetDevice }: CommonMove): string => `
  WITH wanted AS (
    SELECT * FROM ${source} AS w (iccid, order_id, state, next_state, opens, eid, data)),
  moved AS (
    UPDATE profile p SET state = w.next_state, state_since = $8, order_id = ${closeAs ? 'NULL' : 'coalesce(w.opens, w.order_id)'}
      ${forgetDevice ? ', eid = NULL, binding_id = NULL, runtime_state = NULL, runtime_since = NULL, runtime_sequence = NULL' : ''}
    FROM wanted w WHERE p.iccid = w.iccid AND p.state = w.state AND p.order_id IS NOT DISTINCT FROM w.order_id
    RETURNING p.iccid, coalesce(w.opens, w.order_id) AS order_id, w.eid, w.data),
  ${closeAs ? 'closed AS (UPDATE download_order o SET closed_at = $8, outcome = $11 FROM moved WHERE o.id = moved.order_id),' : ''}
  told AS (
    INSERT INTO profile_event (at, iccid, order_id, eid, actor, kind, outcome, data)
    SELECT $8::timestamptz, iccid, order_id, eid, $9, $10, 'ok', data FROM moved)
  SELECT iccid FROM moved`

/**
 * Moves profiles that the transaction holds, each by compare-and-set on state and order; their orders are closed and their timelines written by the
 * same statement.
 * @throws StaleState when one is no longer as the caller saw it
 */
export async function moveOrdered(tx: Transaction, moves: readonly OrderedMove[], common: CommonMove): Promise<void> {
  if (moves.length === 0) return
  const { source, values, shape } = givenRows(
    ['text', 'uuid', 'text', 'text', 'uuid', 'text', 'jsonb'],
    moves.map(({ iccid, orderId, from, event, opens, eid, data }) => [
      iccid,
      orderId,
      from,
      stateAfter(iccid, from, event),
      opens ?? null,
      eid ?? null,
      data ? storableJson(data) : null,
    ]),
  )
  const { rows } = await tx.query<{ iccid: string }>({
    name: ['move-ordered', common.closeAs && 'close', common.forgetDevice && 'forget', shape].filter(Boolean).join('-'),
    text: orderedMoveText(source, common),
    values: [...values, common.at, common.actor, common.kind, ...(common.closeAs ? [common.closeAs] : [])],
  })
  if (rows.length === moves.length) return
  const moved = new Set(rows.map(({ iccid }) => iccid))
  throw new StaleState(moves.find(({ iccid }) => !moved.has(iccid))?.iccid ?? '')
}

function stateAfter(iccid: string, from: ProfileState, event: LifecycleEvent): ProfileState {
  const to = nextState(from, event)
  if (!to) throw new Error(`${iccid} is ${from}: there is no ${event} from there.`)
  return to
}
