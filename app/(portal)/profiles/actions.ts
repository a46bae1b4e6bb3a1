'use server'

import { randomBytes } from 'node:crypto'
import { type ActionContext, operatorAction } from '@/lib/action'
import { CancelInput, cancel } from '@/lib/orders/cancel'
import type { OrderContext } from '@/lib/orders/context'
import { type Issued, IssueInput, issue } from '@/lib/orders/issue'
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
