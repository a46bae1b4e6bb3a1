import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { batchChecker } from './batch-checker'
import { auditTarget, type BatchContext, holdBatch } from './context'
import { failLocked } from './fail-check'

/**
 * Ends the check of a batch, whichever process is at it: its rows are gone when this returns, its file stays, so that it can be checked again.
 * @throws FormError when it is not being checked; NotAllowed
 */
export async function cancelCheck(db: Database, ctx: BatchContext, batchId: string): Promise<void> {
  requireMay(ctx.actor, 'batch:upload')
  await transaction(db, async tx => {
    // Whoever holds the row comes before or after a chunk, never into one: a worker that has lost its batch takes its chunk back.
    const { state } = await holdBatch(tx, batchId)
    if (state !== 'checking') throw new FormError('This batch is not being checked: there is nothing to cancel.')
    await failLocked(tx, batchId, `${ctx.actor.name} cancelled the check.`)
    await audit(tx, ctx.actor, 'batch:upload', { target: auditTarget(batchId), detail: { check: 'cancelled' } })
  })
  batchChecker().interrupt(batchId)
}
