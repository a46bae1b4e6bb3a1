import type { Actor } from '@/lib/accounts/actor'
import { decideApproval, openApproval } from '@/lib/accounts/approvals/approvals'
import type { Transaction } from '@/lib/db/pool'

/** A request to approve a batch is void when the batch is checked again or discarded. */
export async function withdrawApproval(tx: Transaction, actor: Actor, batchId: string): Promise<void> {
  const open = await openApproval(tx, 'batch:approve', batchId)
  if (open) await decideApproval(tx, actor, open.id, 'withdrawn')
}
