import { type ProfileEvent as LifecycleEvent, nextState, PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable } from './pool'
import { EVENT_COLUMNS, eventParameters, eventValues, type ProfileEvent } from './profile-events'

/** Nothing was changed: somebody else moved the profile first. */
export class StaleState extends Error {
  override name = 'StaleState'
  constructor(readonly iccid: string) {
    super('The profile has changed in the meantime.')
  }
}

export interface Move {
  iccid: string
  /** The open order that the caller has seen; null for none. */
  orderId: string | null
  /** States from which the caller allows the step; all of the lifecycle's when left out. */
  from?: ProfileState[]
  event: LifecycleEvent
  at: Date
  /** Set the open order (a new one's id). */
  setOrderId?: string
  /** Close the order with this outcome, in the same statement. */
  closeAs?: string
  /** A delivery: to this EID (none yet, or this one), replacing exactly this binding. */
  delivery?: { eid: string; replaces: string | null; bindingId: string }
  /** Forget the eUICC and binding of an order that has ended. */
  forgetDevice?: boolean
  /** The session that reached a step by this. */
  session?: { transactionId: string; step: string }
  timeline: ProfileEvent
}

const placeholder = (states: ProfileState[], event: LifecycleEvent): [ProfileState[], ProfileState] | undefined => {
  const from = states.filter(state => nextState(state, event))
  const targets = new Set(from.map(state => nextState(state, event)))
  const [to] = targets
  if (!to) return undefined
  if (targets.size > 1) throw new Error(`${event} leads to several states`)
  return [from, to]
}

/**
 * Moves a profile by compare-and-set on state, order, and at a delivery on EID and binding; closes its order
 * and writes the timeline in the same statement. The only place that changes `profile.state`.
 * @throws StaleState when the profile is no longer as the caller saw it; then nothing was changed.
 */
export async function moveProfile(db: Queryable, move: Move): Promise<ProfileState> {
  const step = placeholder(move.from ?? [...PROFILE_STATES], move.event)
  if (!step) throw new StaleState(move.iccid)
  const [from, to] = step
  const { delivery } = move
  const row = await one<{ moved: string }>(db, {
    name: 'move-profile',
    text: `
      WITH moved AS (
        UPDATE profile SET state = $3, state_since = CASE WHEN state = $3 THEN state_since ELSE $4::timestamptz END,
          order_id = CASE WHEN $6::text IS NOT NULL THEN NULL ELSE coalesce($5::uuid, order_id) END,
          eid = CASE WHEN $11::boolean THEN NULL ELSE coalesce($7::text, eid) END,
          binding_id = CASE WHEN $11::boolean THEN NULL ELSE coalesce($9::uuid, binding_id) END,
          runtime_state = CASE WHEN $11::boolean THEN NULL ELSE runtime_state END
        WHERE iccid = $1 AND state = ANY($2::text[]) AND order_id IS NOT DISTINCT FROM $10::uuid
          AND ($7::text IS NULL OR ((eid IS NULL OR eid = $7) AND binding_id IS NOT DISTINCT FROM $8::uuid))
        RETURNING iccid),
      closed AS (
        UPDATE download_order SET closed_at = $4, outcome = $6 FROM moved
        WHERE download_order.id = $10 AND $6::text IS NOT NULL AND closed_at IS NULL),
      session AS (
        UPDATE rsp_session SET step = $13, binding_id = coalesce($9::uuid, binding_id) FROM moved WHERE transaction_id = $12),
      event AS (
        INSERT INTO profile_event (${EVENT_COLUMNS}) SELECT ${eventParameters(14)} FROM moved)
      SELECT count(*) AS moved FROM moved`,
    values: [
      move.iccid,
      from,
      to,
      move.at,
      move.setOrderId ?? null,
      move.closeAs ?? null,
      delivery?.eid ?? null,
      delivery?.replaces ?? null,
      delivery?.bindingId ?? null,
      move.orderId,
      move.forgetDevice ?? false,
      move.session?.transactionId ?? null,
      move.session?.step ?? null,
      ...eventValues(move.timeline),
    ],
  })
  if (row?.moved !== '1') throw new StaleState(move.iccid)
  return to
}
