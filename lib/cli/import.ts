import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { type BatchDetail, batchDetail } from '@/lib/db/batches/batch-pages'
import { approveBatch } from '@/lib/inventory/batches/approve-batch'
import { createBatch } from '@/lib/inventory/batches/create-batch'
import { startCheck } from '@/lib/inventory/batches/start-check'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import { defaultTypeName, TypeInput } from '@/lib/inventory/types'
import { batchAnswer, count, tellReport } from './batch-words'
import { type Command, command, FilePath, manyArguments, oneOf, option } from './command'
import { AlreadyTold, sentenceOf, UsageError } from './failure'
import { followCheck } from './follow-check'
import type { Output } from './output'
import { type Deployment, withRuntime } from './with-runtime'

interface Wanted {
  typeName: string
  approve: 'all' | 'good' | undefined
  vendor: string | undefined
  table: string | undefined
}

/** What became of a file; `problem` where it came to nothing, or not to what was asked for. */
interface Imported {
  file: string
  batch?: BatchDetail
  problem?: string
}

/** Opened when it is read from: a file that is not there is told like one that cannot be read. */
async function* octetsOf(file: string): AsyncGenerator<Buffer, void> {
  const handle = await open(file)
  yield* handle.createReadStream({ highWaterMark: 262_144 })
}

async function importFile({ db, vault, actor, env }: Deployment, file: string, wanted: Wanted, out: Output): Promise<Imported> {
  const { typeName, vendor, approve, table } = wanted
  const name = basename(file)
  const ctx = { actor, vault, dataDir: env.dataDir, now: new Date() }
  const source = octetsOf(file)
  const beside = table === undefined ? undefined : octetsOf(table)
  let batchId: string | undefined
  try {
    const onProgress = (bytes: number) => out.progress(`… ${name}: ${count(Math.round(bytes / 1_048_576))} MB read`)
    const created = await createBatch(db, ctx, {
      name,
      typeName,
      source,
      onProgress,
      ...(vendor ? { vendor } : {}),
      ...(beside ? { beside } : {}),
    })
    batchId = created.batchId
    await startCheck(db, ctx, batchId)
    const checked = await followCheck(db, batchId, out)
    if (checked.state !== 'draft') return { file: name, batch: checked, problem: checked.failure ?? 'It was not checked to its end.' }
    if (!approve) return { file: name, batch: checked }
    const approved = await approveBatch(db, { ...ctx, now: new Date() }, batchId, approve)
    const batch = await batchDetail(db, batchId)
    const waits = 'It waits for a second person, who approves it in the portal.'
    return { file: name, ...(batch ? { batch } : {}), ...(approved.state === 'waiting' ? { problem: waits } : {}) }
  } catch (error) {
    out.progress('')
    const batch = batchId === undefined ? undefined : await batchDetail(db, batchId)
    return { file: name, ...(batch ? { batch } : {}), problem: sentenceOf(error) }
  }
}

function tell({ file, batch, problem }: Imported, out: Output): void {
  if (batch) {
    out.line(`${file} is batch ${batch.id}.`)
    if (batch.report) tellReport(out, batch.report as BatchReport)
    if (batch.state === 'approved') out.line(`${count(batch.kept)} ${batch.kept === 1 ? 'profile is' : 'profiles are'} in stock now.`)
    else if (batch.state === 'draft' && !problem) out.line(`It is a draft. To make it stock: batch approve ${batch.id} all, or good`)
  }
  if (problem) out.note(batch ? `Batch ${batch.id}: ${problem}` : `${file} was refused: ${problem}`)
}

const importFiles = command({
  name: 'import',
  verb: 'batch:upload',
  forms: ['FILE… [--type NAME] [--approve all|good] [--vendor NAME] [--table FILE]'],
  summary: 'Check files of subscribers: tables, vendors’ output files, packages (.der, or .zip of them)',
  notes: [
    'Each file becomes a batch. The report says what is wrong in it; without --approve it stays a draft, see: batch --help.',
    'The exit code is 1 when a file cannot be read, or could not be approved as asked.',
  ],
  jsonHelp: 'One JSON document at the end: each file with its batch and report',
  options: {
    type: option('NAME', `The profile type; without it the one named ${defaultTypeName}`, TypeInput.shape.name),
    approve: option('HOW', 'all: every row, warnings too; good: only rows without any finding', oneOf(['all', 'good'])),
    vendor: option('NAME', 'Who made the files: their columns and transport keys are known by it', TypeInput.shape.name),
    table: option('FILE', 'A table that belongs to a .zip of packages', FilePath),
  },
  arguments: manyArguments('FILE', FilePath),
  run: ({ options: { type: typeName = defaultTypeName, approve, vendor, table }, arguments: files, out }) => {
    if (files.length === 0) throw new UsageError('FILE is missing.')
    if (table !== undefined && files.length > 1) throw new UsageError('A table belongs to one file; import the others by themselves.')
    return withRuntime(async deployment => {
      const imported: Imported[] = []
      for (const file of files) {
        const one = await importFile(deployment, file, { typeName, approve, vendor, table }, out)
        imported.push(one)
        tell(one, out)
      }
      out.answer(
        {
          type: typeName,
          files: imported.map(({ file, batch, problem }) => ({
            file,
            ...(problem ? { problem } : {}),
            ...(batch ? batchAnswer(batch) : {}),
          })),
        },
        () => undefined,
      )
      if (imported.some(({ problem }) => problem !== undefined)) throw new AlreadyTold()
    })
  },
})

export const importCommands: Command[] = [importFiles]
