import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { beginCheck, type Declared } from '@/lib/db/batches/batch-rows'
import { deleteFindings, deleteProfiles } from '@/lib/db/batches/delete-rows'
import { rememberMapping } from '@/lib/db/batches/vendor-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { readProfileTypeById } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { CsvMapping } from '../formats/mapping'
import { batchChecker } from './batch-checker'
import { auditTarget, type BatchContext, type CheckContext, holdBatch } from './context'
import { requireTemplate } from './create-batch'
import type { KeptFacts } from './facts'
import { withdrawApproval } from './withdraw-approval'
import { workerName } from './worker-name'

export interface CheckInput {
  /** As the person corrected it; left out: as it was guessed */
  mapping?: CsvMapping | undefined
  declared?: Declared | undefined
  /** A vendor whose next files are to be read by this mapping */
  rememberFor?: string | undefined
}

/**
 * Has the rows of a batch checked, in this process, while the caller goes on: the first time, again after a failure, or again with another mapping as long
 * as nothing is decided. What an earlier check found is deleted.
 * @throws FormError when the batch is decided about or being checked, or its type has no template for values; NotAllowed
 */
export async function startCheck(
  db: Database,
  ctx: BatchContext & CheckContext,
  batchId: string,
  { mapping, declared, rememberFor }: CheckInput = {},
): Promise<void> {
  requireMay(ctx.actor, 'batch:upload')
  await transaction(db, async tx => {
    const batch = await holdBatch(tx, batchId)
    if (batch.state === 'checking') throw new FormError('This batch is being checked already.')
    if (batch.state !== 'uploaded' && batch.state !== 'failed' && batch.state !== 'draft')
      throw new FormError('This batch has been decided about. Upload the file again to check it again.')
    const type = await readProfileTypeById(tx, batch.typeId)
    if (!type) throw new FormError('The profile type of this batch is not there any more.')
    const facts = batch.facts as KeptFacts
    requireTemplate({ format: batch.format, facts }, type)
    await withdrawApproval(tx, ctx.actor, batchId)
    await deleteProfiles(tx, batchId)
    await deleteFindings(tx, batchId)
    const used = mapping ?? CsvMapping.nullable().parse(batch.mapping)
    const hasPackages = batch.format === 'der' || (facts.packages ?? 0) > 0
    await beginCheck(tx, batchId, {
      templateId: hasPackages ? null : type.templateId,
      mapping: used,
      declared: { ...batch.declared, ...declared },
      worker: workerName(),
      startedAt: new Date(),
    })
    const vendor = rememberFor?.trim()
    if (vendor && used) await rememberMapping(tx, { name: vendor, mapping: used, at: ctx.now, by: ctx.actor.name })
    await audit(tx, ctx.actor, 'batch:upload', {
      target: auditTarget(batchId),
      detail: { check: 'started', ...(vendor ? { rememberFor: vendor } : {}) },
    })
  })
  batchChecker().add(db, ctx, batchId)
}
