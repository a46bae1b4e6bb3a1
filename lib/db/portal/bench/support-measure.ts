import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rebuildAttempts } from '../../attempts/follow-attempts'
import { type EmbeddedPostgres, startEmbedded } from '../../embedded'
import { migrate } from '../../migrate'
import { type Database, openDatabase, type Statement } from '../../pool'
import { writeSetting } from '../../setting-rows'
import { COUNTRY_CODE_SETTING } from '../phone-numbers'
import { fillStock } from './fill'
import { fillEvents } from './fill-events'
import { casesOf, countryCode, subjectsOf } from './support-cases'
import { readOptions, usage } from './support-options'
import { type Percentiles, percentiles, recorder, replay, timed } from './times'

interface Figures {
  name: string
  /** Rows that fit, on the average */
  rows: number
  asked: Percentiles
  sql: Percentiles
}

/** The first ones warm everything up. */
const warmUps = 5

/** A slow case is not asked as often. */
const mostMsOfCase = 20_000

/** Runs the bench. @returns the process's exit code */
export async function measure(args: string[]): Promise<0> {
  const options = readOptions(args)
  if (options.help) {
    console.log(usage)
    return 0
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-bench-support-'))
  let postgres: EmbeddedPostgres | undefined
  let db: Database | undefined
  const remove = async () => {
    await db?.close()
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('SIGINT', () => void remove().finally(() => process.exit(130)))
  try {
    postgres = await startEmbedded(dataDir)
    await migrate(postgres.url, resolve('prisma/migrations'))
    const open = openDatabase(postgres.url, { maxConnections: 8, statementTimeoutMs: 1_800_000 })
    db = open
    const filledAfter = await timed(() => filled(open, options))
    const figures = await measureCases(open, options)
    const { rows } = await open.query<{ events: string }>({ text: 'SELECT count(*) AS events FROM profile_event' })
    console.log(
      `\n${options.profiles.toLocaleString('en')} profiles, ${Number(rows[0]?.events).toLocaleString('en')} events, filled in ${Math.round(filledAfter / 1_000)} s`,
    )
    if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`)
    return 0
  } finally {
    await remove()
  }
}

async function filled(db: Database, { profiles, events }: { profiles: number; events: number }): Promise<void> {
  const progress = (step: string) => console.log(`… ${step}`)
  await fillStock(db, { profiles, draft: 0, progress })
  await fillEvents(db, { events, progress })
  progress('attempts and their tally')
  const tallied = await timed(() => rebuildAttempts(db))
  console.log(`… counted in ${Math.round(tallied / 1_000)} s`)
  await db.query({ text: 'VACUUM ANALYZE download_attempt' })
  await db.query({ text: 'VACUUM ANALYZE attempt_tally' })
  await writeSetting(db, COUNTRY_CODE_SETTING, { code: countryCode }, 'bench')
}

async function measureCases(db: Database, { runs, case: part }: { runs: number; case?: string | undefined }): Promise<Figures[]> {
  const { subjects, ...special } = await subjectsOf(db, runs + warmUps)
  console.log(`\nmilliseconds\n${heading}`)
  const figures: Figures[] = []
  for (const { name, ask } of casesOf(special)) {
    if (part && !name.includes(part)) continue
    const times: Record<'asked' | 'sql', number[]> = { asked: [], sql: [] }
    let [rows, spent] = [0, 0]
    for (const [run, subject] of subjects.entries()) {
      const said: Statement[] = []
      const found = await ask(recorder(db, said), subject)
      const asked = await timed(() => ask(db, subject))
      const sql = await timed(() => replay(db, said))
      spent += asked + sql
      if (run < warmUps) continue
      rows += found
      times.asked.push(asked)
      times.sql.push(sql)
      if (spent > mostMsOfCase) break
    }
    const measured = { name, rows: rows / Math.max(1, times.asked.length), asked: percentiles(times.asked), sql: percentiles(times.sql) }
    figures.push(measured)
    console.log(lineOf(measured))
  }
  return figures
}

const widths = { name: 36, figure: 9 }
const row = (name: string, cells: string[]) => `${name.padEnd(widths.name)}${cells.map(cell => cell.padStart(widths.figure)).join('')}`
const heading = row('', ['rows', 'p50', 'p95', 'SQL p50', 'p95'])

const lineOf = ({ name, rows, asked, sql }: Figures) =>
  row(name, [rows.toFixed(1), ...[asked.p50, asked.p95, sql.p50, sql.p95].map(ms => ms.toFixed(1))])
