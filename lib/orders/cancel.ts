import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { Iccid } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { cancelOrder, FINAL_STATUS } from './cancel-order'
import type { OrderContext } from './context'

export const CancelInput = z.object({ iccid: Iccid, finalProfileStatusIndicator: z.enum(FINAL_STATUS) })
export type CancelInput = z.infer<typeof CancelInput>

/** Cancels a profile's order, or takes a profile without one out of use. @throws RspError, NotAllowed */
export function cancel(db: Database, ctx: OrderContext, input: CancelInput): Promise<ProfileState> {
  requireMay(ctx.actor, 'order:cancel')
  return transaction(db, async tx => {
    const state = await cancelOrder(tx, ctx, input)
    await audit(tx, ctx.actor, 'order:cancel', {
      target: input.iccid,
      detail: { finalProfileStatusIndicator: input.finalProfileStatusIndicator },
    })
    return state
  })
}
