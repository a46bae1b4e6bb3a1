import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { moveProfile } from '@/lib/db/move-profile'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readStandsInFor } from '@/lib/db/replacement-rows'
import { type ReuseRow, readReuse } from '@/lib/db/reuse-rows'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from '../context'
import { revokeLinks } from '../links/customer-links'
import { withdrawPastPolicy } from './past-policy'

export const ReturnInput = z.object({ iccid: Iccid })
export type ReturnInput = z.infer<typeof ReturnInput>

/** Whether a profile may become stock again, and why or why not. */
export interface ReturnVerdict {
  allowed: boolean
  sentence: string
}

const no = (sentence: string): ReturnVerdict => ({ allowed: false, sentence })

async function verdictOf(db: Queryable, { iccid, state, runtimeState, returnsToStock }: ReuseRow): Promise<ReturnVerdict> {
  if (state !== 'Installed') return no('Only a profile that was installed, and deleted again, can come back to stock this way.')
  if (returnsToStock === 'never') return no('What somebody has had never goes back to stock, says the policy of its type.')
  if (runtimeState !== 'Deleted') return no('The phone that has it has not reported that it deleted the profile.')
  const standsInFor = await readStandsInFor(db, iccid)
  if (standsInFor)
    return no(`It took the place of ${standsInFor.oldIccid}, and the network’s systems know it as that customer’s: it does not go back.`)
  return { allowed: true, sentence: 'The phone that had it has reported that it deleted the profile.' }
}

/** What the policy of its type says of a profile's way back to stock. @throws RspError iccidUnknown */
export async function returnVerdict(db: Queryable, iccid: string): Promise<ReturnVerdict> {
  const row = await readReuse(db, iccid)
  if (!row) throw new RspError('iccidUnknown', iccid)
  return verdictOf(db, row)
}

/**
 * Puts a profile that its eUICC has deleted back into stock, for anybody, where the policy of its type allows it.
 * @throws FormError when it does not; RspError iccidUnknown; NotAllowed
 */
export function returnToStock(db: Database, ctx: OrderContext, { iccid }: ReturnInput): Promise<void> {
  requireMay(ctx.actor, 'order:reissue')
  return transaction(db, async tx => {
    const held = await lockProfile(tx, iccid)
    const row = held && (await readReuse(tx, iccid))
    if (!row) throw new RspError('iccidUnknown', iccid)
    const verdict = await verdictOf(tx, row)
    if (!verdict.allowed) throw new FormError(verdict.sentence)
    const eid = row.claimedEid ?? undefined
    await moveProfile(tx, {
      iccid,
      orderId: null,
      from: ['Installed'],
      event: 'reissue',
      at: ctx.now,
      forgetDevice: true,
      timeline: {
        at: ctx.now,
        iccid,
        eid,
        actor: ctx.actor.name,
        kind: 'returnToStock',
        outcome: 'ok',
        data: { eid, deletedAt: row.runtimeSince?.toISOString() },
      },
    })
    await revokeLinks(tx, { iccid, by: ctx.actor.name, at: ctx.now })
    await withdrawPastPolicy(tx, ctx, iccid)
    await audit(tx, ctx.actor, 'order:reissue', { target: iccid, detail: { event: 'returnToStock', eid } })
  })
}
