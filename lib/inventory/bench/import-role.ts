import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { readBatch } from '@/lib/db/batches/batch-rows'
import { openDatabase, transaction } from '@/lib/db/pool'
import { readProfileType } from '@/lib/db/type-rows'
import { openVault } from '@/lib/vault/vault'
import { approveBatch } from '../batches/approve-batch'
import { batchChecker } from '../batches/batch-checker'
import { createBatch } from '../batches/create-batch'
import { startCheck } from '../batches/start-check'
import type { BatchReport } from '../doctor/findings'
import { addTemplate } from '../templates'
import { createType, TypeInput } from '../types'
import type { ImportFigures, RoleInput } from './figures'

const actor = { kind: 'cli', name: 'cli:bench', role: 'administrator' } as const
const typeName = 'bench'

/** Imports the file as a person would: upload, check, approve. A process of its own, so that its memory is that of the import. */
export async function importRole({ url, dataDir, csv, template }: RoleInput): Promise<ImportFigures> {
  const db = openDatabase(url, { maxConnections: 8 })
  const vault = await openVault(db, dataDir)
  const ctx = { actor, vault, dataDir, now: new Date() }
  await prepareType(db, ctx, template)
  const startedAt = performance.now()
  const { batchId } = await createBatch(db, ctx, { name: 'bench.csv', typeName, source: createReadStream(csv, { highWaterMark: 262_144 }) })
  const uploadedAt = performance.now()
  const cpu = process.cpuUsage()
  await startCheck(db, ctx, batchId)
  await batchChecker().idle()
  const checkedAt = performance.now()
  const { user, system } = process.cpuUsage(cpu)
  const batch = await readBatch(db, batchId)
  if (batch?.state !== 'draft') throw new Error(batch?.failure ?? 'The batch is no draft.')
  await approveBatch(db, ctx, batchId, 'good')
  const approvedAt = performance.now()
  await db.close()
  const report = batch.report as BatchReport
  return {
    rows: report.rows,
    good: report.good,
    kinds: report.kinds.map(({ title, rows }) => `${title}: ${rows}`),
    uploadSeconds: (uploadedAt - startedAt) / 1000,
    checkSeconds: (checkedAt - uploadedAt) / 1000,
    checkCpuSeconds: (user + system) / 1e6,
    approveSeconds: (approvedAt - checkedAt) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function prepareType(
  db: ReturnType<typeof openDatabase>,
  ctx: { actor: typeof actor; vault: Awaited<ReturnType<typeof openVault>>; now: Date },
  template: string,
): Promise<void> {
  await createType(db, actor, TypeInput.parse({ name: typeName }))
  const type = await readProfileType(db, typeName)
  const templateId = await transaction(db, async tx => addTemplate(tx, ctx, { name: 'bench.der', bytes: await readFile(template) }))
  await db.query({ text: 'UPDATE profile_type SET template_id = $2 WHERE id = $1', values: [type?.id, templateId] })
}
