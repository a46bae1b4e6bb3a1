import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type EmbeddedPostgres, startEmbedded } from '@/lib/db/embedded'
import { migrate } from '@/lib/db/migrate'
import { openDatabase } from '@/lib/db/pool'
import type { BaselineFigures, ImportFigures, RoleInput } from './figures'
import { readOptions, usage } from './options'
import { reportLines } from './report'
import { writeSubscribers } from './subscribers'

const template = 'lib/rsp/testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der'

/** Runs the bench. @returns the process's exit code: 1 when the import takes more than it may */
export async function measure(args: string[]): Promise<0 | 1> {
  const options = readOptions(args)
  if (options.help) {
    console.log(usage)
    return 0
  }
  const { rows } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-bench-import-'))
  let postgres: EmbeddedPostgres | undefined
  const remove = async () => {
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('SIGINT', () => void remove().finally(() => process.exit(130)))
  try {
    console.log(`… writing ${rows.toLocaleString('en')} subscribers`)
    const csv = join(dataDir, 'bench.csv')
    await writeSubscribers(csv, rows)
    postgres = await startEmbedded(dataDir)
    const input = { dataDir, csv, template: resolve(template), rows }
    const imported = await onDatabase(postgres.url, 'import', url => {
      console.log('… importing them')
      return inProcess<ImportFigures>('import', { ...input, url })
    })
    const baseline = await onDatabase(postgres.url, 'baseline', url => {
      console.log('… copying the same rows')
      return inProcess<BaselineFigures>('baseline', { ...input, url })
    })
    const { lines, isGood, figures } = reportLines({ rows, fileBytes: statSync(csv).size, imported, baseline })
    for (const line of lines) console.log(line)
    if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`)
    return isGood ? 0 : 1
  } finally {
    await remove()
  }
}

/** A database that is there as long as it is worked with. */
async function onDatabase<T>(server: string, name: string, work: (url: string) => Promise<T>): Promise<T> {
  const own = new URL(server)
  own.pathname = `/${name}`
  const db = openDatabase(server, { maxConnections: 1 })
  try {
    await db.query({ text: `CREATE DATABASE ${name}` })
    await migrate(own.toString(), resolve('prisma/migrations'))
    await db.query({ text: 'CHECKPOINT' })
    const result = await work(own.toString())
    await db.query({ text: `DROP DATABASE ${name} WITH (FORCE)` })
    return result
  } finally {
    await db.close()
  }
}

/** Lets a process of its own do the work; it answers on stdout. */
const inProcess = <T>(role: string, input: RoleInput): Promise<T> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--enable-source-maps', process.argv[1] ?? '', role, JSON.stringify(input)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let answer = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      answer += text
    })
    child.once('error', failed)
    child.once('close', code => {
      if (code === 0) done(JSON.parse(answer) as T)
      else failed(new Error(`The process for "${role}" ended with ${code}.`))
    })
  })
