import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { Iccid } from '@/lib/rsp/identifiers'
import type { OrderContext } from './context'
import { releaseProfile } from './release-profile'
import { registerLater } from './smds-event'

export const ReleaseInput = z.object({ iccid: Iccid })
export type ReleaseInput = z.infer<typeof ReleaseInput>

/** Releases a confirmed order. @throws RspError, NotAllowed */
export function release(db: Database, ctx: OrderContext, input: ReleaseInput): Promise<void> {
  requireMay(ctx.actor, 'order:release')
  return transaction(db, async tx => {
    await registerLater(tx, [await releaseProfile(tx, ctx, input)])
    await audit(tx, ctx.actor, 'order:release', { target: input.iccid })
  })
}
