import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { type Approval, decideApproval, openApproval, requestApproval } from '@/lib/accounts/approvals/approvals'
import { approvalRequired } from '@/lib/accounts/approvals/settings'
import { readApproval } from '@/lib/db/approval-rows'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { type ReuseRow, readReuse } from '@/lib/db/reuse-rows'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { PROFILE_STATES } from '@/lib/rsp/lifecycle'
import type { OrderContext } from '../context'
import type { Issued } from '../issue'
import { CustomerEmail, OrderLanguage } from '../order-fields'
import { REUSE_RULES } from './policy'
import { type Reissue, reissue } from './reissue'

const kind = 'order:past-policy'

/** What the second person is told of a move past the policy, and what is done when they agree; no secret. */
export const PastPolicyDetail = z.object({
  /** Why, in the words of the one who asks */
  reason: z.string(),
  /** The rules of the policy that stand against it */
  rules: z.array(z.enum(REUSE_RULES)),
  type: z.string(),
  /** The eUICC that had it */
  fromEid: z.string().nullable(),
  /** The eUICC that is to have it; none: any */
  eid: Eid.optional(),
  customerEmail: CustomerEmail.optional(),
  language: OrderLanguage.optional(),
  /** Null: none, where the type would ask for one */
  confirmationCode: z.null().optional(),
  /** Null: without end */
  expiresAt: z.coerce.date().nullable().optional(),
  insteadOf: z.uuid().optional(),
  /** The profile as it was when it was asked for: nothing is done to another one */
  seen: z.object({ state: z.enum(PROFILE_STATES), since: z.coerce.date(), orderId: z.string().nullable() }),
})
export type PastPolicyDetail = z.infer<typeof PastPolicyDetail>

export const seenOf = ({ state, stateSince, last }: ReuseRow): PastPolicyDetail['seen'] => ({
  state,
  since: stateSince,
  orderId: last?.id ?? null,
})

const sameAs = (seen: PastPolicyDetail['seen'], row: ReuseRow): boolean => {
  const now = seenOf(row)
  return seen.state === now.state && seen.orderId === now.orderId && seen.since.getTime() === now.since.getTime()
}

/** Whether a move past the policy waits for a second person. */
export const secondPersonRequired = (db: Queryable): Promise<boolean> => approvalRequired(db, kind)

/** The request that waits. */
export async function openPastPolicy(db: Queryable, iccid: string): Promise<{ approval: Approval; detail: PastPolicyDetail } | undefined> {
  const approval = await openApproval(db, kind, iccid)
  return approval && { approval, detail: PastPolicyDetail.parse(approval.detail) }
}

/** Takes back a request that has been overtaken by what was done to the profile. */
export async function withdrawPastPolicy(tx: Transaction, ctx: OrderContext, iccid: string): Promise<void> {
  const open = await openApproval(tx, kind, iccid)
  if (open) await decideApproval(tx, ctx.actor, open.id, 'withdrawn')
}

/**
 * Asks for a second person; a request of one's own, or one about a profile that has changed since, is replaced.
 * @returns the request's id @throws FormError when somebody else has asked already
 */
export async function askPastPolicy(tx: Transaction, ctx: OrderContext, row: ReuseRow, detail: PastPolicyDetail): Promise<string> {
  const open = await openPastPolicy(tx, row.iccid)
  if (open) {
    const { approval, detail: asked } = open
    if (approval.requestedBy !== ctx.actor.name && sameAs(asked.seen, row))
      throw new FormError(
        `${approval.requestedBy} has asked for this already, and it waits for a second person. If you agree, approve it under Approvals.`,
      )
    if (JSON.stringify(asked) === JSON.stringify(PastPolicyDetail.parse(JSON.parse(JSON.stringify(detail))))) return approval.id
    await decideApproval(tx, ctx.actor, approval.id, 'withdrawn')
  }
  return requestApproval(tx, ctx.actor, { kind, target: row.iccid, detail })
}

/**
 * Decides a request as the second person: approved, the next code is made with it, and told to them.
 * @returns the new order when it was approved
 * @throws FormError when it was decided already, by whom it must not be, or the profile has changed since it was asked for: then nothing is
 * done and the request stays open, to be declined; NotAllowed
 */
export function decidePastPolicy(
  db: Database,
  ctx: OrderContext,
  approvalId: string,
  decision: 'approved' | 'declined' | 'withdrawn',
): Promise<Issued | undefined> {
  requireMay(ctx.actor, 'approval:decide')
  return transaction(db, async tx => {
    const request = await readApproval(tx, approvalId)
    if (request?.kind !== kind) throw new FormError('There is no such request any more.')
    // The profile is held before its request, as everybody does who works on both.
    const iccid = Iccid.parse(request.target)
    const profile = await lockProfile(tx, iccid)
    const { detail, requestedBy } = await decideApproval(tx, ctx.actor, approvalId, decision)
    if (decision !== 'approved') return undefined
    const { reason, rules, seen, ...order } = PastPolicyDetail.parse(detail)
    const row = profile && (await readReuse(tx, iccid))
    if (!row || !sameAs(seen, row))
      throw new FormError(
        `The profile has changed since ${requestedBy} asked for this: it was ${seen.state} then${row ? ` and is ${row.state} now` : ''}. Nothing was done. Decline the request; whoever needs it still asks again.`,
      )
    if (order.expiresAt && order.expiresAt <= ctx.now)
      throw new FormError(
        'The code would have expired: the time that was asked for has passed. Nothing was done. Decline the request; whoever needs it still asks again.',
      )
    const wanted: Reissue = { ...order, past: { reason, rules, requestedBy } }
    return reissue(tx, ctx, row, wanted)
  })
}
