import { requireMay } from '@/lib/accounts/actor'
import { decideApproval, openApproval, requestApproval } from '@/lib/accounts/approvals/approvals'
import { approvalRequired } from '@/lib/accounts/approvals/settings'
import { audit } from '@/lib/accounts/audit'
import { readApproval } from '@/lib/db/approval-rows'
import { approveRow, type BatchRecord } from '@/lib/db/batches/batch-rows'
import { deleteProfiles } from '@/lib/db/batches/delete-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { BatchReport } from '../doctor/findings'
import { auditTarget, type BatchContext, holdBatch } from './context'
import { removeUpload } from './uploads-folder'

/** all: every row that was kept, those with warnings too. good: only rows without any finding. */
export type ApproveHow = 'all' | 'good'

export type Approved = { state: 'approved' } | { state: 'waiting'; approvalId: string }

const kind = 'batch:approve'

/**
 * Makes a checked batch stock, in one transaction that changes one row (and with `good` takes the rows with warnings away). Where a second person is
 * needed the first call asks for one, and that of another person, for the same, is the approval.
 * @throws FormError when there is nothing to approve, rows with errors stand against `all`, or the sample could not be installed; NotAllowed
 */
export async function approveBatch(db: Database, ctx: BatchContext, batchId: string, how: ApproveHow): Promise<Approved> {
  requireMay(ctx.actor, 'batch:decide')
  const { approved, batch } = await transaction(db, async tx => {
    const held = await holdBatch(tx, batchId)
    requireApprovable(held, how)
    return { batch: held, approved: await approveOrAsk(tx, ctx, held, how) }
  })
  if (approved.state === 'approved') await removeUpload(ctx.dataDir, batch.file)
  return approved
}

/**
 * Decides a request for a batch as the second person: approved, the batch is stock with it.
 * @throws FormError when it was decided already, by whom it must not be, or the batch cannot become stock any more; NotAllowed
 */
export async function decideBatchApproval(
  db: Database,
  ctx: BatchContext,
  approvalId: string,
  decision: 'approved' | 'declined' | 'withdrawn',
): Promise<void> {
  requireMay(ctx.actor, 'approval:decide')
  const batch = await transaction(db, async tx => {
    // The batch is held before its request, as everybody does who works on both.
    const request = await readApproval(tx, approvalId)
    if (request?.kind !== kind) throw new FormError('There is no such request any more.')
    const held = await holdBatch(tx, request.target)
    const { detail } = await decideApproval(tx, ctx.actor, approvalId, decision)
    if (decision !== 'approved') return undefined
    const how = howOf(detail)
    requireApprovable(held, how)
    await approve(tx, ctx, held, how)
    return held
  })
  if (batch) await removeUpload(ctx.dataDir, batch.file)
}

const howOf = (detail: unknown): ApproveHow =>
  typeof detail === 'object' && detail !== null && 'how' in detail && detail.how === 'all' ? 'all' : 'good'

async function approveOrAsk(tx: Transaction, ctx: BatchContext, batch: BatchRecord, how: ApproveHow): Promise<Approved> {
  const { actor } = ctx
  const open = await openApproval(tx, kind, batch.id)
  if (!(await approvalRequired(tx, kind))) {
    if (open) await decideApproval(tx, actor, open.id, 'withdrawn')
    return approve(tx, ctx, batch, how)
  }
  const asked = open && howOf(open.detail)
  if (open && open.requestedBy !== actor.name) {
    if (asked !== how)
      throw new FormError(`${open.requestedBy} asked to approve ${wordsFor(asked ?? how)}. Approve the same, or decline the request.`)
    await decideApproval(tx, actor, open.id, 'approved')
    return approve(tx, ctx, batch, how)
  }
  if (open && asked !== how) await decideApproval(tx, actor, open.id, 'withdrawn')
  return {
    state: 'waiting',
    approvalId: await requestApproval(tx, actor, { kind, target: batch.id, detail: { how, name: batch.name, type: batch.typeName } }),
  }
}

const wordsFor = (how: ApproveHow): string => (how === 'all' ? 'all rows' : 'the good rows')

async function approve(tx: Transaction, { actor, now }: BatchContext, batch: BatchRecord, how: ApproveHow): Promise<Approved> {
  const dropped = how === 'good' && batch.rowsWarned > 0 ? await deleteProfiles(tx, batch.id, 'warned') : 0
  const rowsKept = batch.rowsKept - dropped
  await approveRow(tx, batch.id, { by: actor.name, at: now, rowsKept })
  await audit(tx, actor, 'batch:decide', {
    target: auditTarget(batch.id),
    detail: { decision: 'approved', how, file: batch.name, type: batch.typeName, profiles: rowsKept, dropped, refused: batch.rowsRefused },
  })
  return { state: 'approved' }
}

const rows = (count: number): string => (count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`)

/** @throws FormError */
function requireApprovable(batch: BatchRecord, how: ApproveHow): void {
  if (batch.state === 'approved') throw new FormError('This batch is in stock already.')
  if (batch.state === 'checking') throw new FormError('This batch is still being checked. Wait for its report.')
  if (batch.state !== 'draft') throw new FormError('This batch has not been checked: there is nothing to approve.')
  const report = batch.report as BatchReport
  if (report.preflight?.result === 'failed')
    throw new FormError(
      `A sample of this batch could not be installed on a device, so it does not become stock. ${report.preflight.sentence}`,
    )
  if (how === 'good') {
    if (batch.rowsKept === batch.rowsWarned)
      throw new FormError(
        batch.rowsWarned > 0
          ? 'No row of this batch is without a finding. Approve all if the warnings may stand, or fix the file and upload it again.'
          : 'No row of this batch can become stock. Fix the file and upload it again.',
      )
    return
  }
  if (batch.rowsRefused > 0)
    throw new FormError(
      `${rows(batch.rowsRefused)} of this batch cannot become stock. Approve the good rows, or fix the file and upload it again.`,
    )
  if (report.whole.some(({ severity }) => severity === 'error'))
    throw new FormError('The batch as a whole is not right. Approve the good rows, or fix the file and upload it again.')
  if (batch.rowsKept === 0) throw new FormError('No row of this batch can become stock. Fix the file and upload it again.')
}
