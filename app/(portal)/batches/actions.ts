'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { approveBatch, decideBatchApproval } from '@/lib/inventory/batches/approve-batch'
import { cancelCheck } from '@/lib/inventory/batches/cancel-check'
import { discardBatch } from '@/lib/inventory/batches/discard-batch'
import { readTable as readTableOf } from '@/lib/inventory/batches/read-table'
import { rollbackBatch } from '@/lib/inventory/batches/rollback-batch'
import { startCheck } from '@/lib/inventory/batches/start-check'
import { CsvMapping } from '@/lib/inventory/formats/mapping'
import { batchContext } from './context'

const BatchId = z.string().regex(/^[1-9][0-9]{0,17}$/)
const OneBatch = z.object({ batchId: BatchId })

const { delimiter, skipLines, hasHeader } = CsvMapping.shape
const VendorName = z.string().trim().max(100, 'A vendor has at most 100 characters.')

const CheckFields = z.object({
  batchId: BatchId,
  /** As it is kept, when left out */
  mapping: CsvMapping.optional(),
  rememberFor: VendorName.optional(),
})

export const check = operatorAction('batch:upload', CheckFields, async ({ batchId, ...input }, { db, actor }) => {
  await startCheck(db, batchContext(actor), batchId, input)
  return { batchId }
})

/** The table of a file, divided otherwise than it was guessed. */
export const readTable = operatorAction(
  'batch:upload',
  z.object({ batchId: BatchId, delimiter, skipLines, hasHeader }),
  ({ batchId, ...layout }, { db, actor }) => readTableOf(db, batchContext(actor), batchId, layout),
)

export const cancelBatchCheck = operatorAction('batch:upload', OneBatch, async ({ batchId }, { db, actor }) => {
  await cancelCheck(db, batchContext(actor), batchId)
  return { batchId }
})

export const approve = operatorAction(
  'batch:decide',
  z.object({ batchId: BatchId, how: z.enum(['all', 'good']) }),
  async ({ batchId, how }, { db, actor }) => {
    const { state } = await approveBatch(db, batchContext(actor), batchId, how)
    return { state }
  },
)

export const decideRequest = operatorAction(
  'approval:decide',
  z.object({ approvalId: z.uuid(), decision: z.enum(['approved', 'declined', 'withdrawn']) }),
  async ({ approvalId, decision }, { db, actor }) => {
    await decideBatchApproval(db, batchContext(actor), approvalId, decision)
    return { decision }
  },
)

export const discard = operatorAction('batch:decide', OneBatch, async ({ batchId }, { db, actor }) => {
  await discardBatch(db, batchContext(actor), batchId)
  return { batchId }
})

export const rollBack = operatorAction('batch:decide', OneBatch, async ({ batchId }, { db, actor }) => {
  await rollbackBatch(db, batchContext(actor), batchId)
  return { batchId }
})
