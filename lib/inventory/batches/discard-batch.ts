import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { endCheck } from '@/lib/db/batches/batch-rows'
import { deleteFindings, deleteProfiles } from '@/lib/db/batches/delete-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { deleteDataKey } from '@/lib/vault/data-keys'
import { batchChecker } from './batch-checker'
import { auditTarget, type BatchContext, holdBatch } from './context'
import { removeUpload } from './uploads-folder'
import { withdrawApproval } from './withdraw-approval'

/**
 * Throws a batch away that never became stock, also one that is being checked: rows, file, and the key without which no copy of them opens.
 * @throws FormError when it is decided about; NotAllowed
 */
export async function discardBatch(db: Database, ctx: BatchContext, batchId: string): Promise<void> {
  requireMay(ctx.actor, 'batch:decide')
  const file = await transaction(db, async tx => {
    const batch = await holdBatch(tx, batchId)
    if (batch.state === 'approved')
      throw new FormError('This batch is in stock. It can be rolled back as long as none of its profiles was used.')
    if (batch.state === 'discarded' || batch.state === 'rolledBack') throw new FormError('This batch has been thrown away already.')
    await withdrawApproval(tx, ctx.actor, batchId)
    await deleteProfiles(tx, batchId)
    await deleteFindings(tx, batchId)
    await endCheck(tx, batchId, { state: 'discarded', by: ctx.actor.name, at: ctx.now })
    if (batch.dataKeyId !== null) await deleteDataKey(tx, ctx.vault, batch.dataKeyId)
    await audit(tx, ctx.actor, 'batch:decide', {
      target: auditTarget(batchId),
      detail: { decision: 'discarded', file: batch.name, type: batch.typeName, from: batch.state },
    })
    return batch.file
  })
  batchChecker().interrupt(batchId)
  await removeUpload(ctx.dataDir, file)
}
