import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { batchProgress } from '@/lib/db/batches/batch-pages'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { tableHeader, tableLines } from '../formats/testing/upload-file'
import { approveBatch } from './approve-batch'
import { batchChecker } from './batch-checker'
import { cancelCheck } from './cancel-check'
import { createBatch } from './create-batch'
import { discardBatch } from './discard-batch'
import { resumeChecks, startBatchChecks } from './resume-checks'
import { startCheck } from './start-check'
import { BatchSite, templateType } from './testing/batch-site'
import { uploadsFolder } from './uploads-folder'
import { workerName } from './worker-name'

vi.setConfig({ testTimeout: 120_000 })

let site: BatchSite
beforeAll(async () => {
  site = await BatchSite.open()
})
afterAll(() => site.close())

// More than two chunks, with something wrong in each of them.
const rowCount = 2_500
const file = (() => {
  const lines = tableLines(rowCount)
  for (let n = 100; n < lines.length; n += 100) lines[n] = lines[n]?.replace(/,\d{15},/, ',12,') ?? ''
  lines[2_301] = lines[5] ?? ''
  return `${lines.join('\n')}\n`
})()
const expected = { profiles: rowCount - 26, packages: rowCount - 26, faultyRows: 26 }

const summary = async (id: string) => {
  const { state, rowsRead, kept, warned, refused, report } = await site.batch(id)
  const { durationMs: _, preflight: __, ...told } = report ?? { durationMs: 0 }
  return { state, rowsRead, kept, warned, refused, report: told, rows: await site.rowsOf(id) }
}
const remove = async (id: string) => discardBatch(site.db, site.ctx(), id)
/** The batch as a killed process would have left it: nobody is at it. */
const abandon = (id: string) => site.sql(`UPDATE batch SET worker = NULL WHERE id = $1 AND state = 'checking'`, [id])

/** What a check that nobody disturbs makes of the file. */
let whole: Awaited<ReturnType<typeof summary>>
beforeAll(async () => {
  const id = await site.checked(file)
  whole = await summary(id)
  expect(whole).toMatchObject({ state: 'draft', kept: expected.profiles, refused: 26, rows: expected })
  await remove(id)
})

const script = fileURLToPath(new URL('./testing/check-process.ts', import.meta.url))
async function checkProcess(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, site.url, site.dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout ?? child, 'data')
  return child
}

/** Uploads the file and says that it is to be checked, by nobody yet. */
async function waiting(): Promise<string> {
  const id = await site.upload(file)
  await startCheck(site.db, site.ctx(), id)
  await batchChecker().stop()
  await abandon(id)
  await site.sql('UPDATE batch SET rows_read = 0, rows_kept = 0, rows_warned = 0, rows_refused = 0 WHERE id = $1', [id])
  await site.sql('DELETE FROM profile_package WHERE iccid IN (SELECT iccid FROM profile WHERE batch_id = $1)', [id])
  for (const table of ['profile', 'batch_finding', 'batch_faulty_row']) await site.sql(`DELETE FROM ${table} WHERE batch_id = $1`, [id])
  return id
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const startedAt = Date.now(); !(await holds()); await delay(2))
    if (Date.now() - startedAt > 60_000) throw new Error('It did not come to that.')
}
const rowsRead = async (id: string) => Number((await site.sql('SELECT rows_read FROM batch WHERE id = $1', [id]))[0]?.rows_read)

describe('a process that is killed while it checks', () => {
  test.each<[string, (id: string) => Promise<void>]>([
    ['as soon as it begins', async () => undefined],
    [
      'once it has begun',
      async id => until(async () => (await site.sql('SELECT 1 FROM batch WHERE id = $1 AND worker IS NOT NULL', [id])).length > 0),
    ],
    ['behind its first chunk', async id => until(async () => (await rowsRead(id)) > 0)],
    ['behind its second chunk', async id => until(async () => (await rowsRead(id)) > 1_000)],
  ])('%s leaves a draft that is gone on with, row by row the same', async (_, moment) => {
    const id = await waiting()
    const child = await checkProcess()
    await moment(id)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const left = await rowsRead(id)
    const rows = await site.rowsOf(id)
    expect(rows.profiles).toBe(rows.packages)
    expect((await site.batch(id)).kept).toBe(rows.profiles)
    expect(left % 1_000 === 0 || left === rowCount).toBe(true)
    // The worker was of this host and its process is gone: nobody waits for it to be silent long enough.
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    expect(await summary(id)).toEqual(whole)
    await remove(id)
  })

  test('again and again, comes to the same end', async () => {
    const id = await waiting()
    for (let round = 0; round < 4; round++) {
      const child = await checkProcess()
      await delay(10 + 25 * round)
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    expect(await summary(id)).toEqual(whole)
    await remove(id)
  })

  test('is left alone as long as it may live', async () => {
    const id = await waiting()
    await site.sql(`UPDATE batch SET worker = 'another-host/1/ab', worker_seen_at = now() WHERE id = $1`, [id])
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    expect(await site.batch(id)).toMatchObject({ state: 'checking', rowsRead: 0 })
    await site.sql(`UPDATE batch SET worker_seen_at = now() - interval '31 seconds' WHERE id = $1`, [id])
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    expect(await site.batch(id)).toMatchObject({ state: 'draft' })
    await remove(id)
  })
})

/** A database that does something when a statement or a COPY with these words comes by, the nth time. */
function interrupted(words: string, nth: number, work: () => Promise<void>): Database {
  let seen = 0
  const { db } = site
  const pool = new Proxy(db.pool, {
    get: (target, name) => {
      if (name !== 'connect') return Reflect.get(target, name)
      return async () => {
        const client = await target.connect()
        const query = client.query.bind(client) as (...args: unknown[]) => unknown
        client.query = ((...args: unknown[]) => {
          const text = (args[0] as { text?: string }).text ?? ''
          if (text.includes(words) && ++seen === nth) void work()
          return query(...args)
        }) as typeof client.query
        const release = client.release.bind(client)
        client.release = (error?: Error | boolean) => {
          client.query = query as typeof client.query
          release(error)
        }
        return client
      }
    },
  })
  return { ...db, pool }
}

const stages: [string, string, number][] = [
  ['with the first chunk’s lookups', 'unnest($1::text[]) AS wanted', 1],
  ['with the first chunk on its way', 'COPY profile (', 1],
  ['with the second chunk’s packages on their way', 'COPY profile_package', 2],
  ['with the last chunk’s findings on their way', 'COPY batch_finding', 3],
  ['with the chunk’s commit on its way', 'COMMIT', 3],
]

describe('a check that is cancelled', () => {
  test.each(stages)('%s leaves nothing but the file, and can be begun again', async (_, words, nth) => {
    const id = await site.upload(file)
    let cancelled: Promise<unknown> = Promise.resolve()
    const db = interrupted(words, nth, async () => {
      cancelled = cancelCheck(site.db, site.ctx(), id)
      await cancelled.catch(() => undefined)
    })
    await startCheck(db, site.ctx(), id)
    await batchChecker().idle()
    await cancelled
    expect(await site.batch(id)).toMatchObject({
      state: 'failed',
      failure: 'ann@example.com cancelled the check.',
      kept: 0,
      rowsRead: 0,
      report: null,
      hasFile: true,
    })
    expect(await site.rowsOf(id)).toEqual({ profiles: 0, packages: 0, findings: 0, faultyRows: 0 })
    expect(await site.totals()).toEqual({ profiles: 0, packages: 0 })
    await site.check(id)
    expect(await summary(id)).toEqual(whole)
    await remove(id)
    expect(site.files()).toEqual([])
  })

  test('while its sample is tried ends too', async () => {
    const id = await site.upload(file)
    let begin = () => {}
    let goOn = () => {}
    const begun = new Promise<void>(resolve => {
      begin = resolve
    })
    const going = new Promise<void>(resolve => {
      goOn = resolve
    })
    await startCheck(
      site.db,
      site.ctx(undefined, async ({ iccid }) => {
        begin()
        await going
        return { result: 'installed', iccid, sentence: 'It was installed.' }
      }),
      id,
    )
    await begun
    await cancelCheck(site.db, site.ctx(), id)
    goOn()
    await batchChecker().idle()
    expect(await site.batch(id)).toMatchObject({ state: 'failed', report: null })
    await remove(id)
  })

  test('or discarded at once, leaves nothing at all', async () => {
    const id = await site.upload(file)
    let removed: Promise<void> = Promise.resolve()
    const db = interrupted('COPY profile_package', 2, () => {
      removed = remove(id)
      return removed
    })
    await startCheck(db, site.ctx(), id)
    await batchChecker().idle()
    // The check ends as soon as the batch is decided about; its file goes after that.
    await removed
    expect(await site.batch(id)).toMatchObject({ state: 'discarded' })
    expect(await site.totals()).toEqual({ profiles: 0, packages: 0 })
    expect(site.files()).toEqual([])
  })

  test('is cancelled once', async () => {
    const id = await site.checked(`${tableHeader}\n`.concat(file.split('\n')[1] ?? ''))
    await expect(cancelCheck(site.db, site.ctx(), id)).rejects.toThrow('nothing to cancel')
    await remove(id)
  })
})

describe('a process that stops', () => {
  test('lets go of what it checks, and the next one goes on', async () => {
    const id = await site.upload(file)
    const later = await site.upload(`${tableHeader}\n${file.split('\n')[1]}`)
    const db = interrupted('COPY profile_package', 1, () => batchChecker().stop())
    await startCheck(db, site.ctx(), id)
    await startCheck(db, site.ctx(), later)
    await batchChecker().idle()
    await until(async () => (await site.sql(`SELECT 1 FROM batch WHERE state = 'checking' AND worker IS NOT NULL`)).length === 0)
    expect(await site.batch(id)).toMatchObject({ state: 'checking' })
    const stop = await startBatchChecks(site.db, site.ctx())
    await batchChecker().idle()
    await stop()
    expect(await summary(id)).toEqual(whole)
    expect(await site.batch(later)).toMatchObject({ state: 'draft', refused: 1 })
    await remove(later)
    await remove(id)
  })
})

describe('a worker that was taken for gone', () => {
  test('takes its chunk back', async () => {
    const id = await site.upload(file)
    const db = interrupted('COPY profile_package', 2, async () => {
      await site.sql(`UPDATE batch SET worker = 'another-host/1/ab' WHERE id = $1`, [id])
    })
    await startCheck(db, site.ctx(), id)
    await batchChecker().idle()
    expect(await site.batch(id)).toMatchObject({ state: 'checking' })
    expect(await rowsRead(id)).toBe(1_000)
    expect((await site.rowsOf(id)).profiles).toBe((await site.batch(id)).kept)
    await abandon(id)
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    expect(await summary(id)).toEqual(whole)
    await remove(id)
  })
})

describe('two files of the same subscribers checked at once', () => {
  test('share them: none twice, none lost, and each is told where the other has it', async () => {
    const [first, second] = [
      await site.upload(file),
      await site.upload(`${[tableHeader, ...file.trimEnd().split('\n').slice(1).reverse()].join('\n')}\n`),
    ]
    // In this process they would wait for each other.
    await startCheck(site.db, site.ctx(), first)
    await startCheck(site.db, site.ctx(), second)
    await batchChecker().stop()
    await abandon(first)
    await abandon(second)
    const children = await Promise.all([checkProcess(), checkProcess()])
    await Promise.all(children.map(child => once(child, 'exit')))
    await resumeChecks(site.db, site.ctx())
    await batchChecker().idle()
    const [one, other] = [await site.batch(first), await site.batch(second)]
    expect([one.state, other.state]).toEqual(['draft', 'draft'])
    expect(one.kept + other.kept).toBe(expected.profiles)
    expect((await site.totals())?.profiles).toBe(expected.profiles)
    await remove(first)
    await remove(second)
  })
})

describe('uploads', () => {
  test('that end early leave nothing', async () => {
    const broken = async function* () {
      yield Buffer.from(file.slice(0, 100_000))
      throw new Error('The connection was closed.')
    }
    await expect(createBatch(site.db, site.ctx(), { name: 'x', typeName: templateType, source: broken() })).rejects.toThrow('closed')
    expect(site.files()).toEqual([])
    expect(await site.sql(`SELECT 1 FROM batch WHERE state = 'uploaded'`)).toEqual([])
  })

  test('of processes that are gone are removed at the start, those of batches are kept', async () => {
    const id = await site.upload(file)
    const [kept = ''] = site.files()
    const folder = uploadsFolder(site.dataDir)
    for (const name of ['4194999-00', 'strange', `${process.pid}-ff`]) writeFileSync(join(folder, name), 'x')
    utimesSync(join(folder, 'strange'), 1, 1)
    await (await startBatchChecks(site.db, site.ctx()))()
    expect(site.files()).toEqual([kept])
    await remove(id)
  })

  test('that were lost or changed on the disk end the check in a sentence', async () => {
    const id = await site.upload(file)
    const [name = ''] = site.files()
    const path = join(uploadsFolder(site.dataDir), name)
    const good = site.fileOctets(name)
    const bad = Buffer.from(good)
    bad[100_000] = (bad[100_000] ?? 0) ^ 1
    writeFileSync(path, bad)
    await site.check(id)
    expect(await site.batch(id)).toMatchObject({ state: 'failed', failure: expect.stringContaining('Upload it again') })
    expect(await site.totals()).toEqual({ profiles: 0, packages: 0 })
    writeFileSync(path, good)
    await site.check(id)
    expect(await summary(id)).toEqual(whole)
    await remove(id)
  })

  test('show no secret on the disk', async () => {
    const id = await site.upload(file)
    const [, first = ''] = file.split('\n')
    const [iccid = '', , k = ''] = first.split(',')
    for (const name of site.files()) {
      expect(site.fileOctets(name).includes(k)).toBe(false)
      expect(site.fileOctets(name).includes(iccid)).toBe(false)
    }
    await remove(id)
  })
})

test('progress tells rows, pace and what is left, twice a second', async () => {
  const lines = 60_000
  const id = await site.upload(tableLines(lines).join('\n'))
  await startCheck(site.db, site.ctx(), id)
  await expect(startCheck(site.db, site.ctx(), id)).rejects.toThrow(FormError)
  await expect(approveBatch(site.db, site.ctx(), id, 'all')).rejects.toThrow('still being checked')
  await until(async () => ((await batchProgress(site.db, id))?.rowsPerSecond ?? 0) > 0)
  const progress = await batchProgress(site.db, id)
  expect(progress).toMatchObject({ state: 'checking', rowsPerSecond: expect.any(Number), share: expect.any(Number) })
  const [row] = await site.sql('SELECT worker FROM batch WHERE id = $1', [id])
  expect(row?.worker).toBe(workerName())
  await batchChecker().idle()
  expect(await batchProgress(site.db, id)).toMatchObject({ state: 'draft', rowsRead: lines, rowsTotal: lines, secondsLeft: null })
  await remove(id)
})
