import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import type { BatchRecord } from '@/lib/db/batches/batch-rows'
import { faultyRowsAfter } from '@/lib/db/batches/faulty-row-pages'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import { type FaultyRow, faultyRowsCsv } from '../doctor/faulty-rows'
import { CsvMapping } from '../formats/mapping'
import { auditTarget, type BatchContext, requireBatch } from './context'
import { openFaultyRow } from './faulty-row'

const pageRows = 1_000

/**
 * The rows with findings as a table to be mended: the columns of the upload, the reasons as the last one. Of the secrets it has references only, by which
 * the mended table gets them again; who a subscriber is stands in it, so each download is audited.
 * @throws NotAllowed at once; FormError with the first piece when there are no such rows
 */
export function faultyRows(db: Database, ctx: BatchContext, batchId: string): AsyncIterable<string> {
  requireMay(ctx.actor, 'batch:upload')
  return piecesOf(db, ctx, batchId)
}

async function* piecesOf(db: Database, ctx: BatchContext, batchId: string): AsyncGenerator<string, void> {
  const batch = await requireBatch(db, batchId)
  const { vault } = ctx
  if (batch.dataKeyId === null) throw new FormError('This batch was thrown away, and its rows with it.')
  const [first] = await faultyRowsAfter(db, batchId, 0, 1)
  if (!first) throw new FormError('No row of this batch has a finding.')
  await vault.loadKey(batch.dataKeyId)
  await audit(db, ctx.actor, 'batch:upload', { target: auditTarget(batchId), detail: { faultyRows: 'downloaded' } })
  const mapping = CsvMapping.safeParse(batch.mapping)
  yield* faultyRowsCsv(opened(db, vault, batch), { batchId, mapping: mapping.data })
}

async function* opened(db: Database, vault: Vault, { id }: BatchRecord): AsyncGenerator<FaultyRow, void> {
  let line = 0
  for (;;) {
    const page = await faultyRowsAfter(db, id, line, pageRows)
    for (const row of page) yield { row: openFaultyRow(vault, id, row), reasons: row.reasons }
    if (page.length < pageRows) return
    line = page.at(-1)?.line ?? line
  }
}
