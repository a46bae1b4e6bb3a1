import { setImmediate as nextTurn } from 'node:timers/promises'
import { type BatchRecord, completeCheck } from '@/lib/db/batches/batch-rows'
import type { Database } from '@/lib/db/pool'
import type { Vault } from '@/lib/vault/vault'
import { createDoctor, type Doctor } from '../doctor/doctor'
import type { BatchRow } from '../formats/row'
import { templateOf } from '../templates'
import { reportOf } from './batch-report'
import { type ChunkPlace, ChunkWriter, type PreparedRow } from './chunk-writer'
import type { CheckContext } from './context'
import { putKeptValues } from './kept-values'
import { openBatchUpload } from './open-batch-upload'
import { type ProfileMaker, profileMaker } from './profile-columns'
import { CheckStopped } from './stopped'

export interface CheckRun {
  batch: BatchRecord
  worker: string
  signal: AbortSignal
  /** Is told how many rows have been read, and how much of the file, 0 to 1. */
  onProgress: (rowsRead: number, share: number) => void
}

// One transaction for each: what a killed process has to do again, and what stands in memory twice.
const usualChunkRows = 16_000
const chunkBytes = 16_777_216
// Between them others in this process have their turn: devices wait for answers.
const rowsPerTurn = 200

/** What reading and checking the rows of one batch needs. */
interface Reading {
  db: Database
  doctor: Doctor
  makeProfile: ProfileMaker
  vault: Vault
  batch: BatchRecord & { dataKeyId: number }
  chunkRows: number
}

/**
 * Reads the file of a batch row by row, has each checked, and puts the good ones into the database chunk by chunk, each with how far it has come: a check
 * that was cut off anywhere goes on behind the last chunk. While PostgreSQL takes a chunk in, the next one is read.
 * @throws FileError when the file cannot be read; the signal's reason; CheckStopped when the batch is another worker's
 */
export async function checkBatch(db: Database, ctx: CheckContext, run: CheckRun): Promise<void> {
  const { signal } = run
  const batch = withKey(run.batch)
  await ctx.vault.loadKey(batch.dataKeyId)
  const template = batch.templateId ? await templateOf(db, ctx.vault, batch.templateId) : undefined
  const upload = await openBatchUpload(db, ctx, batch, signal)
  try {
    const doctor = createDoctor({ declared: batch.declared, ...(template ? { template } : {}) })
    const reading: Reading = {
      db,
      doctor,
      vault: ctx.vault,
      batch,
      makeProfile: await profileMaker(db, batch, template, ctx.vault),
      chunkRows: ctx.chunkRows ?? usualChunkRows,
    }
    const place: ChunkPlace = { batch, worker: run.worker }
    const rows = await readRows(upload, reading, new ChunkWriter(db, ctx.vault, place), run)
    signal.throwIfAborted()
    const report = await reportOf(db, ctx, { batch, whole: doctor.whole(), rows })
    signal.throwIfAborted()
    const { firstIccid, lastIccid } = report
    const range = { ...(firstIccid ? { firstIccid } : {}), ...(lastIccid ? { lastIccid } : {}) }
    if (!(await completeCheck(db, batch.id, run.worker, { report, rowsTotal: rows, ...range, at: new Date() })))
      throw new CheckStopped('lost')
  } finally {
    await upload.close()
  }
}

function withKey(batch: BatchRecord): BatchRecord & { dataKeyId: number } {
  if (batch.dataKeyId === null) throw new Error('The batch has no data key.')
  return { ...batch, dataKeyId: batch.dataKeyId }
}

async function readRows(
  upload: Awaited<ReturnType<typeof openBatchUpload>>,
  reading: Reading,
  writer: ChunkWriter,
  { signal, onProgress }: CheckRun,
): Promise<number> {
  const done = reading.batch.rowsRead
  let rowsRead = 0
  let chunk: PreparedRow[] = []
  let bytes = 0
  try {
    for await (const rows of upload.batches()) {
      await putKeptValues(reading.db, reading.vault, reading.batch, rows)
      for (const row of rows) {
        // The doctor knows rows by those before them: what was kept already is shown to it once more.
        if (rowsRead < done) writer.recall(row, reading.doctor.check(row))
        else {
          const prepared = prepareRow(row, reading)
          chunk.push(prepared)
          bytes += prepared.profile?.sealed.length ?? 0
        }
        if (++rowsRead % rowsPerTurn === 0) {
          onProgress(rowsRead, upload.progress())
          await nextTurn()
          signal.throwIfAborted()
        }
        if (chunk.length < reading.chunkRows && bytes < chunkBytes) continue
        await writer.write(chunk)
        chunk = []
        bytes = 0
      }
      signal.throwIfAborted()
    }
    await writer.write(chunk)
    await writer.done()
    return rowsRead
  } finally {
    await writer.settled()
  }
}

function prepareRow(row: BatchRow, { doctor, makeProfile }: Reading): PreparedRow {
  const checked = doctor.check(row)
  if (checked.findings.some(({ severity }) => severity === 'error')) return { row, checked }
  const profile = makeProfile(checked)
  return profile ? { row, checked, profile } : { row, checked }
}
