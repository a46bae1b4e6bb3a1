import { type ApprovalRow, decideOpenApproval, insertApproval, readApproval, readOpenApproval } from '@/lib/db/approval-rows'
import type { Queryable, Transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { may } from '../roles'
import { type ApprovalKind, isApprovalKind, kindOf } from './kinds'

export type Approval = ApprovalRow
export type Decision = NonNullable<ApprovalRow['decision']>

export interface ApprovalRequest {
  kind: ApprovalKind
  /** What it is about: a batch's number, a key's id */
  target: string
  /** What the second person needs to know; never a secret */
  detail: Record<string, unknown>
}

/**
 * Asks for a second person, in the transaction of what has to wait. Asking again for the same answers the request that is open, whoever made it
 * and whatever its detail.
 * @returns its id
 * @throws NotAllowed
 */
export async function requestApproval(tx: Transaction, actor: Actor, { kind, target, detail }: ApprovalRequest): Promise<string> {
  const { verb } = kindOf(kind)
  requireMay(actor, verb)
  const id = await insertApproval(tx, { kind, target, detail, requestedBy: actor.name })
  if (id) {
    await audit(tx, actor, verb, { target, result: 'waiting', detail: { ...detail, approval: id, kind } })
    return id
  }
  const open = await readOpenApproval(tx, kind, target)
  // It was decided between the two statements.
  return open?.id ?? requestApproval(tx, actor, { kind, target, detail })
}

/** The request that waits for a second person; undefined when there is none. */
export const openApproval = (db: Queryable, kind: ApprovalKind, target: string): Promise<Approval | undefined> =>
  readOpenApproval(db, kind, target)

/**
 * Decides a request, in the transaction of what follows from it; what follows is the caller's to do. Approving takes another person than the
 * one who asked, signed in to the portal: whoever has the data folder's command line is nobody in particular. Declining and withdrawing are open
 * to everybody who may do what was asked for, too.
 * @throws FormError when it was decided already, or by whom it must not be; NotAllowed
 */
export async function decideApproval(tx: Transaction, actor: Actor, id: string, decision: Decision): Promise<Approval> {
  if (decision === 'approved') requireMay(actor, 'approval:decide')
  if (decision === 'approved' && actor.kind !== 'account')
    throw new FormError('A second person approves this in the portal, signed in under their own name: not from the command line.')
  const found = await readApproval(tx, id)
  if (!found || !isApprovalKind(found.kind)) throw new FormError('There is no such request any more.')
  if (!may(actor.role, kindOf(found.kind).verb)) requireMay(actor, 'approval:decide')
  const decided = await decideOpenApproval(tx, id, { decision, decidedBy: actor.name })
  if (!decided) throw new FormError(await refusalOf(tx, actor, id))
  const { kind, target, requestedBy } = decided
  await audit(tx, actor, 'approval:decide', { target, result: decision, detail: { approval: id, kind, requestedBy } })
  return decided
}

async function refusalOf(tx: Transaction, actor: Actor, id: string): Promise<string> {
  const now = await readApproval(tx, id)
  if (now?.decision) return `${now.decidedBy} has ${now.decision} this already.`
  if (now?.requestedBy === actor.name) return 'You asked for this yourself: it takes a second person to approve it.'
  return 'There is no such request any more.'
}
