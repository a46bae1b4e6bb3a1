import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { type ReuseRow, readReuse } from '@/lib/db/reuse-rows'
import { FormError } from '@/lib/form-error'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from '../context'
import { requireEid } from '../eid-policy'
import type { Issued } from '../issue'
import { CustomerEmail, OrderLanguage, SpacedEid } from '../order-fields'
import { beforeOpenMove, factsOf, openMoveOf, policyOf } from './facts'
import { askPastPolicy, openPastPolicy, secondPersonRequired, seenOf, withdrawPastPolicy } from './past-policy'
import { mayGoPast, type ReuseFacts, type ReusePolicy, type ReuseVerdict, reuseVerdict } from './policy'
import { Reason } from './reason'
import { reissue } from './reissue'

export const MoveInput = z.object({
  iccid: Iccid,
  /** The eUICC of the new phone, where it is known */
  eid: SpacedEid.optional(),
  /** Left out: as with the order before */
  customerEmail: CustomerEmail.optional(),
  /** Left out: as with the order before */
  language: OrderLanguage.optional(),
  /** Null: none. Left out: where the profile type asks for one, it is made. */
  confirmationCode: ConfirmationCode.nullish(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.date().nullish(),
  /** Over all rules of the policy: without an EID the code is then for any device */
  pastPolicy: z.object({ reason: Reason }).optional(),
  /** The order of an earlier move whose code no phone has used: it is cancelled, and this one made in its place */
  insteadOf: z.uuid().optional(),
})
export type MoveInput = z.infer<typeof MoveInput>

/** What staff are shown before they move a profile. */
export interface MoveVerdict {
  policy: ReusePolicy
  facts: ReuseFacts
  verdict: ReuseVerdict
  /** Past the policy it takes a second person */
  secondPerson: boolean
  /** A request that waits for one */
  waiting?: { approvalId: string; requestedBy: string; requestedAt: Date; reason: string }
  /** The code of an earlier move that no phone has used, and what the policy says of another one in its place (`insteadOf`) */
  openMove?: { orderId: string; createdAt: Date; createdBy: string; verdict: ReuseVerdict }
}

/** What the policy of its type says of a profile that is wanted on a new phone, and why. @throws RspError iccidUnknown */
export async function moveVerdict(db: Queryable, iccid: string, now = new Date()): Promise<MoveVerdict> {
  const row = await readReuse(db, iccid)
  if (!row) throw new RspError('iccidUnknown', iccid)
  const [secondPerson, open] = await Promise.all([secondPersonRequired(db), openPastPolicy(db, iccid)])
  const [policy, facts, openMove] = [policyOf(row), factsOf(row), openMoveOf(row)]
  const told = { policy, facts, verdict: reuseVerdict(policy, facts, now), secondPerson }
  const { approval, detail } = open ?? {}
  return {
    ...told,
    ...(approval && detail
      ? {
          waiting: {
            approvalId: approval.id,
            requestedBy: approval.requestedBy,
            requestedAt: approval.requestedAt,
            reason: detail.reason,
          },
        }
      : {}),
    ...(openMove
      ? {
          openMove: {
            orderId: openMove.id,
            createdAt: openMove.createdAt,
            createdBy: openMove.createdBy,
            verdict: reuseVerdict(policy, beforeOpenMove(facts), now),
          },
        }
      : {}),
  }
}

/** The code of the next phone, or the id of the request that waits for a second person. */
export type Moved = Issued | { waiting: string }

/**
 * Makes the code with which the next phone gets the profile; the old one, its page and what the old phone holds of the download are dead with it.
 * Of two who do so at once one does, and the other hears how it stands.
 * @throws FormError when the policy says no and nobody goes past it, or the profile is in no state for it; RspError, NotAllowed
 */
export function moveToNewPhone(db: Database, ctx: OrderContext, input: MoveInput): Promise<Moved> {
  requireMay(ctx.actor, 'order:reissue')
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  return transaction(db, async tx => {
    await requireEid(tx, input.eid)
    const profile = await lockProfile(tx, input.iccid)
    const row = profile && (await readReuse(tx, input.iccid))
    if (!row) throw new RspError('iccidUnknown', input.iccid)
    const { iccid: _, pastPolicy, eid: wantedEid, ...order } = input
    const policy = policyOf(row)
    const facts = factsToMove(row, input.insteadOf)
    const verdict = reuseVerdict(policy, facts, ctx.now, wantedEid)
    const goesPast = pastPolicy && (!verdict.allowed || (verdict.device === 'same' && wantedEid === undefined))
    if (!verdict.allowed) requirePast(verdict, pastPolicy)
    if (!goesPast) {
      await withdrawPastPolicy(tx, ctx, row.iccid)
      const eid = wantedEid ?? (verdict.device === 'same' && facts.installedEid ? Eid.parse(facts.installedEid) : undefined)
      return reissue(tx, ctx, row, { ...order, eid })
    }
    const rules = verdict.reasons.filter(({ rule, holds }) => !holds || (rule === 'device' && verdict.allowed)).map(({ rule }) => rule)
    const { reason } = pastPolicy
    if (!(await secondPersonRequired(tx))) {
      await withdrawPastPolicy(tx, ctx, row.iccid)
      return reissue(tx, ctx, row, { ...order, eid: wantedEid, past: { reason, rules } })
    }
    const { confirmationCode, ...kept } = order
    if (confirmationCode)
      throw new FormError(
        'This waits for a second person, and a confirmation code is not kept for so long. Leave it out: where the type asks for one it is made, and told to whoever approves.',
        { confirmationCode: 'Leave it out' },
      )
    const detail = { ...kept, eid: wantedEid, reason, rules, type: row.typeName, fromEid: facts.installedEid, seen: seenOf(row) }
    return { waiting: await askPastPolicy(tx, ctx, row, confirmationCode === null ? { ...detail, confirmationCode } : detail) }
  })
}

/** @throws FormError when the code that is to be replaced is no open one of a move */
function factsToMove(row: ReuseRow, insteadOf: string | undefined): ReuseFacts {
  const facts = factsOf(row)
  if (insteadOf === undefined) return facts
  if (openMoveOf(row)?.id !== insteadOf)
    throw new FormError('That code has been used or cancelled in the meantime, so nothing was changed. Look at the profile again.')
  return beforeOpenMove(facts)
}

/** @throws FormError */
function requirePast(verdict: ReuseVerdict, pastPolicy: MoveInput['pastPolicy']): void {
  const against = verdict.reasons.filter(({ holds }) => !holds).map(({ sentence }) => sentence)
  if (!mayGoPast(verdict)) throw new FormError(`The profile cannot move to another phone now. ${against[0] ?? ''}`)
  if (!pastPolicy) throw new FormError(`The policy of its type does not let this profile move to another phone now. ${against.join(' ')}`)
}
