import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { startTask } from '@/lib/accounts/tasks'
import { type Database, transaction } from '@/lib/db/pool'
import { countAll } from '@/lib/db/portal/profile-list'
import type { ViewInput } from '@/lib/db/portal/view-input'
import { runDetail } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { type CancelMatching, cancelMatching, cancelSome, statesToCancel } from './cancel-matching'
import { FINAL_STATUS, type FinalProfileStatusIndicator } from './cancel-order'
import type { OrderContext } from './context'

/** More are cancelled in the background. */
export const mostCancelledAtOnce = 10_000

export const CancelManyInput = z.object({
  iccids: z.array(Iccid).min(1).max(mostCancelledAtOnce),
  finalProfileStatusIndicator: z.enum(FINAL_STATUS),
})
export type CancelManyInput = z.infer<typeof CancelManyInput>

export interface CancelledMany {
  cancelled: number
  /** Those that have no order, or whose state does not allow it */
  left: number
}

type CancelContext = Pick<OrderContext, 'actor' | 'now'>

const NOTHING: Record<FinalProfileStatusIndicator, string> = {
  Available:
    'None of these can go back to stock. There must be an order that no device has taken; what a device has had is taken out of use instead.',
  Unavailable: 'None of these has an order that can be cancelled. An installed profile is moved or replaced instead.',
}

/** Cancels the orders of profiles; those that have none, or whose state does not allow it, stay as they are. @throws FormError when none can, NotAllowed */
export async function cancelMany(db: Database, ctx: CancelContext, input: CancelManyInput): Promise<CancelledMany> {
  requireMay(ctx.actor, 'order:cancel')
  const { finalProfileStatusIndicator } = input
  const iccids = [...new Set(input.iccids)]
  return transaction(db, async tx => {
    const cancelled = await cancelSome(tx, ctx, iccids, finalProfileStatusIndicator)
    if (cancelled.length === 0) throw new FormError(NOTHING[finalProfileStatusIndicator])
    return { cancelled: cancelled.length, left: iccids.length - cancelled.length }
  })
}

/**
 * Begins to cancel, in the background, the orders of what a view shows now, or those of a run that no device has taken.
 * @returns the task's id. @throws FormError when there is nothing to do, NotAllowed
 */
export async function startCancelling(
  db: Database,
  { actor, now }: CancelContext,
  what: { view: ViewInput } | { runId: string },
  finalProfileStatusIndicator: FinalProfileStatusIndicator,
): Promise<string> {
  requireMay(actor, 'order:cancel')
  const input = 'view' in what ? await ofView(db, what.view, now, finalProfileStatusIndicator) : await ofRun(db, what.runId)
  if (input.count === 0) throw new FormError(NOTHING[finalProfileStatusIndicator])
  return transaction(db, tx => startTask(tx, actor, cancelMatching, { ...input, finalProfileStatusIndicator }))
}

type Counted = Pick<CancelMatching, 'what' | 'count'>

async function ofView(db: Database, view: ViewInput, asOf: Date, indicator: FinalProfileStatusIndicator): Promise<Counted> {
  const possible = statesToCancel(indicator)
  const states = view.states.length > 0 ? possible.filter(state => view.states.includes(state)) : possible
  if (states.length === 0) return { what: { view, asOf }, count: 0 }
  const counts = await countAll(db, { ...view, states, asOf })
  return { what: { view, asOf }, count: states.reduce((sum, state) => sum + counts[state], 0) }
}

async function ofRun(db: Database, runId: string): Promise<Counted> {
  const run = await runDetail(db, runId)
  if (!run) throw new FormError('There is no such run.')
  return { what: { runId, title: run.title }, count: run.open }
}
