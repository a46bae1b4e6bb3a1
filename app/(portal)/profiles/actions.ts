'use server'

import { randomBytes } from 'node:crypto'
import { type ActionContext, operatorAction } from '@/lib/action'
import { countAll, openView, viewKeys } from '@/lib/db/portal/profile-list'
import { ChosenProfiles as ChosenForMove, restore, retire, startMoving, ViewInput } from '@/lib/inventory/retire'
import { CancelInput, cancel } from '@/lib/orders/cancel'
import type { OrderContext } from '@/lib/orders/context'
import { type Issued, IssueInput, issue, mostIssuedAtOnce } from '@/lib/orders/issue'
import { ReleaseInput, release } from '@/lib/orders/release'

const orderContext = ({ actor, now, vault, env }: ActionContext): OrderContext => ({
  actor,
  now,
  random: randomBytes,
  vault,
  smdpAddress: env.smdpAddress,
})

const [ChosenProfiles, FromStock] = IssueInput.options

/** Issues codes for the profiles that were chosen: all or none. */
export const issueChosen = operatorAction(
  'order:issue',
  ChosenProfiles,
  (input, context): Promise<Issued[]> => issue(context.db, orderContext(context), input),
)

/** Issues codes for a number of profiles of one type: all or none. */
export const issueFromStock = operatorAction(
  'order:issue',
  FromStock,
  (input, context): Promise<Issued[]> => issue(context.db, orderContext(context), input),
)

export const cancelOrder = operatorAction('order:cancel', CancelInput, async (input, context) => ({
  state: await cancel(context.db, orderContext(context), input),
}))

export const releaseOrder = operatorAction('order:release', ReleaseInput, async (input, context) => {
  await release(context.db, orderContext(context), input)
  return { iccid: input.iccid }
})

const moving = ({ actor, now }: ActionContext) => ({ actor, now })

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

/** The Available profiles that a view shows, by ICCID, as many as can be issued at once. */
export const availableMatching = operatorAction('order:issue', ViewInput, async (view, context) => {
  if (view.states.length > 0 && !view.states.includes('Available')) return { iccids: [] }
  const found = await openView(context.db, { ...view, states: ['Available'] })
  const keys = await viewKeys(found, { sort: 'iccid', descending: false, from: undefined, limit: mostIssuedAtOnce })
  return { iccids: keys.map(({ iccid }) => iccid) }
})
