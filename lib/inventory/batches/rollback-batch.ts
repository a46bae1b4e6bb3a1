import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { endCheck } from '@/lib/db/batches/batch-rows'
import { anyProfile, deleteFindings, deleteProfiles, profileInUse } from '@/lib/db/batches/delete-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { deleteDataKey } from '@/lib/vault/data-keys'
import { auditTarget, type BatchContext, holdBatch } from './context'

/**
 * Takes a batch out of stock again, with everything of it, as long as none of its profiles was ever ordered. Against an order at the same moment one of
 * the two wins as a whole.
 * @throws FormError when it is not in stock, or one of its profiles was used; NotAllowed
 */
export async function rollbackBatch(db: Database, ctx: BatchContext, batchId: string): Promise<void> {
  requireMay(ctx.actor, 'batch:decide')
  await transaction(db, async tx => {
    const batch = await holdBatch(tx, batchId)
    if (batch.state !== 'approved') throw new FormError('This batch is not in stock: there is nothing to roll back.')
    requireUnused(await profileInUse(tx, batchId))
    await deleteProfiles(tx, batchId)
    // An order that was quicker has kept its profile.
    requireUnused(await anyProfile(tx, batchId))
    await deleteFindings(tx, batchId)
    await endCheck(tx, batchId, { state: 'rolledBack', by: ctx.actor.name, at: ctx.now })
    if (batch.dataKeyId !== null) await deleteDataKey(tx, ctx.vault, batch.dataKeyId)
    await audit(tx, ctx.actor, 'batch:decide', {
      target: auditTarget(batchId),
      detail: { decision: 'rolledBack', file: batch.name, type: batch.typeName, profiles: batch.rowsKept },
    })
  })
}

/** @throws FormError */
function requireUnused(profile: { iccid: string; state: string } | undefined): void {
  if (!profile) return
  const how = profile.state === 'Available' || profile.state === 'Unavailable' ? 'was ordered before' : `is ${profile.state}`
  throw new FormError(`The profile ${profile.iccid} ${how}. A batch can be rolled back only as long as none of its profiles was used.`)
}
