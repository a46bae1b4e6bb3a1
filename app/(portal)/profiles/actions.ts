'use server'

import { z } from 'zod'
import { type ActionContext, operatorAction } from '@/lib/action'
import { countAll } from '@/lib/db/portal/profile-list'
import { ChosenProfiles as ChosenForMove, restore, retire, startMoving, ViewInput } from '@/lib/inventory/retire'
import { CancelInput, cancel } from '@/lib/orders/cancel'
import { CancelManyInput, cancelMany, startCancelling } from '@/lib/orders/cancel-many'
import { FINAL_STATUS } from '@/lib/orders/cancel-order'
import { ConfirmReservedInput, confirmReserved } from '@/lib/orders/confirm-reserved'
import { type Issued, IssueInput, issue } from '@/lib/orders/issue'
import { orderContext } from '@/lib/orders/order-context'
import { ReleaseInput, release } from '@/lib/orders/release'
import { ReleaseManyInput, releaseMany } from '@/lib/orders/release-many'

const moving = ({ actor, now }: ActionContext) => ({ actor, now })

const [ChosenProfiles, FromStock] = IssueInput.options

/** Issues codes for the profiles that were chosen: all or none. */
export const issueChosen = operatorAction(
  'order:issue',
  ChosenProfiles,
  async (input, context): Promise<Issued[]> => issue(context.db, await orderContext(context), input),
)

/** Issues the code of a profile that was reserved before. */
export const issueReserved = operatorAction(
  'order:issue',
  ConfirmReservedInput,
  async (input, context): Promise<Issued[]> => [await confirmReserved(context.db, await orderContext(context), input)],
)

/** Issues codes for a number of profiles of one type: all or none. */
export const issueFromStock = operatorAction(
  'order:issue',
  FromStock,
  async (input, context): Promise<Issued[]> => issue(context.db, await orderContext(context), input),
)

export const cancelOrder = operatorAction('order:cancel', CancelInput, async (input, context) => ({
  state: await cancel(context.db, await orderContext(context), input),
}))

/** Cancels the orders of the profiles that were chosen. */
export const cancelChosen = operatorAction('order:cancel', CancelManyInput, async (input, context) =>
  cancelMany(context.db, await orderContext(context), input),
)

/** Begins, in the background, to cancel the orders of what a view shows; answers the task. */
export const cancelMatching = operatorAction(
  'order:cancel',
  z.object({ view: ViewInput, finalProfileStatusIndicator: z.enum(FINAL_STATUS) }),
  async ({ view, finalProfileStatusIndicator }, context) => ({
    task: await startCancelling(context.db, moving(context), { view }, finalProfileStatusIndicator),
  }),
)

export const releaseOrder = operatorAction('order:release', ReleaseInput, async (input, context) => {
  await release(context.db, await orderContext(context), input)
  return { iccid: input.iccid }
})

/** Releases the confirmed orders of the profiles that were chosen. */
export const releaseChosen = operatorAction('order:release', ReleaseManyInput, (input, context) =>
  releaseMany(context.db, moving(context), input),
)

/** Takes the profiles that were chosen out of stock, until they are brought back. */
export const retireChosen = operatorAction('profile:retire', ChosenForMove, (input, context) => retire(context.db, moving(context), input))

export const restoreChosen = operatorAction('profile:retire', ChosenForMove, (input, context) =>
  restore(context.db, moving(context), input),
)

/** Begins, in the background, to retire what a view shows; answers the task. */
export const retireMatching = operatorAction('profile:retire', ViewInput, async (view, context) => ({
  task: await startMoving(context.db, moving(context), 'retire', view),
}))

export const restoreMatching = operatorAction('profile:retire', ViewInput, async (view, context) => ({
  task: await startMoving(context.db, moving(context), 'restore', view),
}))

/** How many profiles a view shows, to the last one, in each of its states. */
export const countMatching = operatorAction('profile:read', ViewInput, (view, context) => countAll(context.db, view))
