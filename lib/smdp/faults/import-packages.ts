import { setTimeout as delay } from 'node:timers/promises'
import { type BatchState, readBatch } from '@/lib/db/batches/batch-rows'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { approveBatch } from '@/lib/inventory/batches/approve-batch'
import { batchChecker } from '@/lib/inventory/batches/batch-checker'
import type { BatchContext } from '@/lib/inventory/batches/context'
import { createBatch } from '@/lib/inventory/batches/create-batch'
import { discardBatch } from '@/lib/inventory/batches/discard-batch'
import { startCheck } from '@/lib/inventory/batches/start-check'
import { craftedZip } from '@/lib/inventory/formats/testing/crafted-zip'
import { readPackage } from '@/lib/rsp/saip/read-package'

const patienceMs = 20_000

/**
 * Brings packages into stock as a person does: a ZIP file, its check, approval. What stands in the way as a draft, left by a process that was killed or
 * another operator's, is approved instead.
 */
export async function importPackages(
  db: Database,
  ctx: BatchContext,
  { typeName, packages }: { typeName: string; packages: readonly Buffer[] },
): Promise<{ added: string[]; refused: string[] }> {
  const iccids = packages.map(upp => readPackage(upp).iccid)
  const zip = craftedZip(packages.map((bytes, n) => ({ name: `${n}.der`, bytes })))
  const { batchId } = await createBatch(db, ctx, { name: 'packages.zip', typeName, source: octetsOf(zip) })
  await startCheck(db, ctx, batchId)
  await batchChecker().idle()
  const state = await stateOf(db, batchId)
  // Whoever found it in the way may have approved it a moment ago.
  if (state !== 'draft' && state !== 'approved') throw new Error(`The batch is not checked, but ${state}.`)
  const batch = await readBatch(db, batchId)
  if (batch?.rowsKept === packages.length) {
    await approved(db, ctx, batchId)
    return { added: iccids, refused: [] }
  }
  await discardBatch(db, ctx, batchId)
  const { rows } = await db.query<{ id: string }>({
    text: 'SELECT DISTINCT batch_id::text AS id FROM profile WHERE iccid = ANY ($1::text[]) AND batch_id IS NOT NULL',
    values: [iccids],
  })
  for (const { id } of rows) if ((await stateOf(db, id)) === 'draft') await approved(db, ctx, id)
  return { added: [], refused: iccids }
}

async function* octetsOf(zip: Buffer): AsyncGenerator<Buffer, void> {
  yield zip
}

/** Somebody else may be a moment earlier. */
async function approved(db: Database, ctx: BatchContext, batchId: string): Promise<void> {
  await approveBatch(db, ctx, batchId, 'all').catch((error: unknown) => {
    if (!(error instanceof FormError && error.message.includes('in stock already'))) throw error
  })
}

/** The state of a batch once nobody works on it. */
async function stateOf(db: Database, batchId: string): Promise<BatchState | undefined> {
  for (const startedAt = Date.now(); Date.now() - startedAt < patienceMs; await delay(50)) {
    const state = (await readBatch(db, batchId))?.state
    if (state !== 'checking') return state
  }
  return 'checking'
}
