import { z } from 'zod'
import type { Verb } from '@/lib/accounts/roles'
import { batchDetail, batchFindings, listBatches } from '@/lib/db/batches/batch-pages'
import { BATCH_STATES } from '@/lib/db/batches/batch-rows'
import { readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { approveBatch } from '@/lib/inventory/batches/approve-batch'
import { cancelCheck } from '@/lib/inventory/batches/cancel-check'
import { type BatchContext, unknownBatch } from '@/lib/inventory/batches/context'
import { discardBatch } from '@/lib/inventory/batches/discard-batch'
import { resumeChecks } from '@/lib/inventory/batches/resume-checks'
import { rollbackBatch } from '@/lib/inventory/batches/rollback-batch'
import { checkRow } from '@/lib/inventory/batches/sample'
import { startCheck } from '@/lib/inventory/batches/start-check'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import { TypeInput } from '@/lib/inventory/types'
import { batchAnswer, count, STATE_WORDS, tellReport } from './batch-words'
import { type Arguments, type Command, command, noArguments, number, oneArgument, oneOf, option } from './command'
import { AlreadyTold, UsageError } from './failure'
import { followCheck } from './follow-check'
import { localTime } from './output'
import { type Deployment, withRuntime } from './with-runtime'

const BatchId = z.string().regex(/^[1-9][0-9]{0,17}$/, 'The number of a batch is expected, as batch list tells it.')
const oneBatch = oneArgument('BATCH', BatchId)

const contextOf = ({ actor, vault, env, now }: Deployment): BatchContext => ({ actor, vault, now, dataDir: env.dataDir })

const list = command({
  name: 'batch list',
  verb: 'batch:read',
  forms: ['[--state STATE] [--type NAME] [--limit N]'],
  summary: 'List batches, the newest first',
  options: {
    state: option('STATE', `Only these: ${BATCH_STATES.join(', ')}`, oneOf(BATCH_STATES)),
    type: option('NAME', 'Only of this profile type', TypeInput.shape.name),
    limit: option('N', 'How many at most (default 20)', number(z.int().min(1).max(1_000))),
  },
  arguments: noArguments,
  run: ({ options: { state, type: typeName, limit = 20 }, out }) =>
    withRuntime(async ({ db }) => {
      const type = typeName === undefined ? undefined : await readProfileType(db, typeName)
      if (typeName !== undefined && !type) throw new FormError(`There is no profile type named ${typeName}.`)
      const batches = await listBatches(db, { limit, state, ...(type ? { typeId: type.id } : {}) })
      out.answer(batches, () => {
        if (batches.length === 0) return out.line('There is no batch.')
        out.table(
          ['Batch', 'File', 'Type', 'State', 'Rows', 'Refused', 'Uploaded', 'By'],
          batches.map(batch => [
            batch.id,
            batch.name,
            batch.typeName,
            batch.waiting ? 'waits for a second person' : STATE_WORDS[batch.state],
            count(batch.rowsRead),
            count(batch.refused),
            localTime(batch.createdAt),
            batch.createdBy,
          ]),
        )
      })
    }),
})

const mostFindings = 50

const show = command({
  name: 'batch show',
  verb: 'batch:read',
  forms: ['BATCH [--findings N]'],
  summary: 'Show a batch: its report and what was found in rows',
  options: { findings: option('N', `How many findings of rows at most (default ${mostFindings})`, number(z.int().min(0).max(100_000))) },
  arguments: oneBatch,
  run: ({ options: { findings: limit = mostFindings }, arguments: id, out }) =>
    withRuntime(async ({ db }) => {
      const batch = await batchDetail(db, id)
      if (!batch) throw unknownBatch(id)
      const findings = limit > 0 ? await batchFindings(db, id, { limit }) : []
      out.answer({ ...batchAnswer(batch), findings }, () => {
        out.facts([
          ['Batch', batch.id],
          ['File', batch.name],
          ['Type', batch.typeName],
          ['Vendor', batch.vendor],
          ['State', STATE_WORDS[batch.state]],
          ['Uploaded', `${localTime(batch.createdAt)} by ${batch.createdBy}`],
          ['Decided', batch.decidedAt && `${localTime(batch.decidedAt)} by ${batch.decidedBy}`],
          ['Why', batch.failure],
        ])
        if (batch.request) out.line(`${batch.request.requestedBy} asked for approval; a second person gives it in the portal.`)
        if (batch.report) tellReport(out, batch.report as BatchReport)
        for (const { sentence } of findings) out.line(sentence)
      })
    }),
})

const check = command({
  name: 'batch check',
  verb: 'batch:upload',
  forms: ['BATCH'],
  summary: 'Check a batch again, or go on with a check that was cut off',
  options: {},
  arguments: oneBatch,
  run: ({ arguments: id, out }) =>
    withRuntime(async deployment => {
      const { db } = deployment
      const ctx = contextOf(deployment)
      if ((await batchDetail(db, id))?.state === 'checking') await resumeChecks(db, ctx)
      else await startCheck(db, ctx, id)
      const batch = await followCheck(db, id, out)
      out.answer(batchAnswer(batch), () => {
        if (batch.report) tellReport(out, batch.report as BatchReport)
      })
      if (batch.state !== 'draft') {
        out.note(batch.failure ?? `The batch is ${STATE_WORDS[batch.state]}.`)
        throw new AlreadyTold()
      }
    }),
})

const batchAndLine: Arguments<{ id: string; line: number }> = {
  read: ([id, line, further]) => {
    if (further !== undefined) throw new UsageError(`"${further}" is one word too many.`)
    const parsed = z.coerce.number().int().min(1).max(2_147_483_647).safeParse(line)
    if (!parsed.success) throw new UsageError('Say which line of the file is meant.')
    return { id: oneBatch.read(id === undefined ? [] : [id]), line: parsed.data }
  },
}

const row = command({
  name: 'batch row',
  verb: 'batch:read',
  forms: ['BATCH LINE'],
  summary: 'Make the package of one row, read it again and compare it with the row and the template',
  options: {},
  arguments: batchAndLine,
  run: ({ arguments: { id, line }, out }) =>
    withRuntime(async ({ db, vault }) => {
      const { iccid, problems } = await checkRow(db, { vault }, id, line)
      out.answer({ batch: id, line, iccid, problems }, () => {
        if (problems.length === 0) out.line(`The package of ${iccid} holds the values of line ${line}, and nothing else differs.`)
        for (const problem of problems) out.line(problem)
      })
      if (problems.length > 0) throw new AlreadyTold()
    }),
})

const batchAndHow: Arguments<{ id: string; how: 'all' | 'good' }> = {
  read: ([id, how, further]) => {
    if (further !== undefined) throw new UsageError(`"${further}" is one word too many.`)
    const parsed = z.enum(['all', 'good']).safeParse(how)
    if (!parsed.success) throw new UsageError('Say what is approved: all, or good for the rows without any finding.')
    return { id: oneBatch.read(id === undefined ? [] : [id]), how: parsed.data }
  },
}

const approve = command({
  name: 'batch approve',
  verb: 'batch:decide',
  forms: ['BATCH all|good'],
  summary: 'Make a checked batch stock: all rows, or only those without any finding',
  options: {},
  arguments: batchAndHow,
  run: ({ arguments: { id, how }, out }) =>
    withRuntime(async deployment => {
      const approved = await approveBatch(deployment.db, contextOf(deployment), id, how)
      const batch = await batchDetail(deployment.db, id)
      out.answer({ batch: id, ...approved, profiles: approved.state === 'approved' ? (batch?.kept ?? 0) : 0 }, () =>
        out.line(
          approved.state === 'approved'
            ? `Batch ${id} is in stock, ${count(batch?.kept ?? 0)} profiles.`
            : `Batch ${id} waits for a second person, who approves it in the portal.`,
        ),
      )
    }),
})

/** A verb that ends a batch, or its check. */
const ending = (
  name: string,
  verb: Verb,
  summary: string,
  work: (db: Deployment['db'], ctx: BatchContext, id: string) => Promise<void>,
  done: (id: string) => string,
) =>
  command({
    name: `batch ${name}`,
    verb,
    forms: ['BATCH'],
    summary,
    options: {},
    arguments: oneBatch,
    run: ({ arguments: id, out }) =>
      withRuntime(async deployment => {
        await work(deployment.db, contextOf(deployment), id)
        const batch = await batchDetail(deployment.db, id)
        out.answer({ batch: id, state: batch?.state }, () => out.line(done(id)))
      }),
  })

export const batchCommands: Command[] = [
  list,
  show,
  check,
  row,
  approve,
  ending(
    'cancel',
    'batch:upload',
    'End the check of a batch; it can be checked again',
    cancelCheck,
    id => `The check of batch ${id} is cancelled.`,
  ),
  ending('discard', 'batch:decide', 'Throw a batch away that is not in stock', discardBatch, id => `Batch ${id} is discarded.`),
  ending(
    'rollback',
    'batch:decide',
    'Take a batch out of stock, as long as none of its profiles was used',
    rollbackBatch,
    id => `Batch ${id} is out of stock again.`,
  ),
]
