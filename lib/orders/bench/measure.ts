import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type EmbeddedPostgres, startEmbedded } from '@/lib/db/embedded'
import { migrate } from '@/lib/db/migrate'
import { openDatabase } from '@/lib/db/pool'
import { type BaselineFigures, FILE_NAMES, FILES, type FileFigures, type FileName, type IssueFigures, type RoleInput } from './figures'
import { readOptions, usage } from './options'
import { reportLines } from './report'
import { addStock } from './stock'

/** Runs the bench. @returns the process's exit code: 1 when a code is missing or memory grows beyond its bound */
export async function measure(args: string[]): Promise<0 | 1> {
  const options = readOptions(args)
  if (options.help) {
    console.log(usage)
    return 0
  }
  const { codes } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-bench-issue-'))
  let postgres: EmbeddedPostgres | undefined
  const remove = async () => {
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('SIGINT', () => void remove().finally(() => process.exit(130)))
  try {
    postgres = await startEmbedded(dataDir)
    const { url } = postgres
    await migrate(url, resolve('prisma/migrations'))
    const db = openDatabase(url, { maxConnections: 1 })
    await addStock(db, codes)
    await db.close()
    console.log(`… issuing ${codes.toLocaleString('en')} codes`)
    const input = { url, dataDir, codes }
    const issued = await inProcess<IssueFigures>('issue', input)
    const { runId } = issued
    const made: [FileName, FileFigures][] = []
    for (const file of FILE_NAMES) {
      console.log(`… ${FILES[file].what}`)
      made.push([file, await inProcess<FileFigures>('file', { ...input, runId, file })])
    }
    console.log('… the same rows by bare SQL, the QR codes alone')
    const baseline = await inProcess<BaselineFigures>('baseline', { ...input, runId })
    const files = Object.fromEntries(made) as Record<FileName, FileFigures>
    const { lines, isGood, figures } = reportLines({ codes, issued, files, baseline })
    for (const line of lines) console.log(line)
    if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`)
    return isGood ? 0 : 1
  } finally {
    await remove()
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
