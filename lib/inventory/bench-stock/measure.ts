import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type EmbeddedPostgres, startEmbedded } from '@/lib/db/embedded'
import { migrate } from '@/lib/db/migrate'
import { type Database, openDatabase, type Statement } from '@/lib/db/pool'
import { fillStock } from '@/lib/db/portal/bench/fill'
import { type Percentiles, percentiles, recorder, replay, timed } from '@/lib/db/portal/bench/times'
import { type Cursor, listProfiles, type ProfileQuery } from '@/lib/db/portal/profile-list'
import { CASES } from './cases'
import { readOptions, usage } from './options'
import { type Portal, startPortal } from './portal'
import { queryOf, type SearchParameters, urlOf } from './view'

interface Figures {
  name: string
  /** Rows that fit, up to the cap of the counts plus one */
  rows: number
  statements: number
  page: Percentiles | undefined
  list: Percentiles
  sql: Percentiles
}

/** After so many pages the next run begins with the first again. */
const pagesInARow = 5

/** Runs the bench. @returns the process's exit code */
export async function measure(args: string[]): Promise<0> {
  const options = readOptions(args)
  if (options.help) {
    console.log(usage)
    return 0
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-bench-stock-'))
  let postgres: EmbeddedPostgres | undefined
  let db: Database | undefined
  let portal: Portal | undefined
  const remove = async () => {
    await portal?.stop()
    await db?.close()
    await postgres?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('SIGINT', () => void remove().finally(() => process.exit(130)))
  try {
    postgres = await startEmbedded(dataDir)
    await migrate(postgres.url, resolve('prisma/migrations'))
    db = openDatabase(postgres.url, { maxConnections: 8, statementTimeoutMs: 1_800_000 })
    await fillStock(db, { ...options, progress: step => console.log(`… ${step}`) })
    portal = options.bare ? undefined : await startPortal(db, { url: postgres.url, dataDir })
    console.log(
      `${options.profiles.toLocaleString('en')} profiles in stock, a draft of ${options.draft.toLocaleString('en')}; milliseconds\n\n${heading}`,
    )
    const figures: Figures[] = []
    for (const [name, view] of await completed(db)) {
      if (options.case && !name.includes(options.case)) continue
      const measured = await measureView(db, portal, { name, view, runs: options.runs })
      figures.push(measured)
      console.log(lineOf(measured))
    }
    if (options.json) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`)
    return 0
  } finally {
    await remove()
  }
}

/** The cases; matching IDs are made by chance, so one is looked up. */
async function completed(db: Database): Promise<[string, SearchParameters][]> {
  const { rows } = await db.query<{ id: string }>({
    text: 'SELECT matching_id AS id FROM download_order ORDER BY iccid OFFSET 5000 LIMIT 1',
  })
  const matchingId = rows[0]?.id ?? ''
  return CASES.map(([name, view]) => [
    name,
    view.q === '' ? { ...view, q: name.includes('whole') ? matchingId : matchingId.slice(0, 5) } : view,
  ])
}

async function measureView(
  db: Database,
  portal: Portal | undefined,
  { name, view, runs }: { name: string; view: SearchParameters; runs: number },
): Promise<Figures> {
  const now = new Date()
  const query = queryOf(view, now)
  const url = urlOf(view, now)
  const times: Record<'page' | 'list' | 'sql', number[]> = { page: [], list: [], sql: [] }
  let [rows, statements] = [0, 0]
  let after: Cursor | undefined
  for (let run = -2; run < runs; run++) {
    if (run % pagesInARow === 0) after = undefined
    const place: ProfileQuery = { ...query, after }
    const { page, said } = await recorded(db, place)
    const list = await timed(() => listProfiles(db, place))
    const sql = await timed(() => replay(db, said))
    const whole = await portal?.ask(after ? `${url}&after=${after.rank}.${after.at}.${after.iccid}` : url)
    // The first ones warm everything up.
    if (run >= 0) {
      times.list.push(list)
      times.sql.push(sql)
      if (whole !== undefined) times.page.push(whole)
    }
    rows = page.count
    statements = said.length
    after = page.next
  }
  return {
    name,
    rows,
    statements,
    page: portal && percentiles(times.page),
    list: percentiles(times.list),
    sql: percentiles(times.sql),
  }
}

/** A page, and what the database was asked for it. */
async function recorded(db: Database, query: ProfileQuery) {
  const said: Statement[] = []
  return { page: await listProfiles(recorder(db, said), query), said }
}

const widths = { name: 34, figure: 9 }
const row = (name: string, cells: string[]) => `${name.padEnd(widths.name)}${cells.map(cell => cell.padStart(widths.figure)).join('')}`
const heading = row('', ['rows', 'page p50', 'p95', 'list p50', 'p95', 'SQL p50', 'p95'])

const lineOf = ({ name, rows, page, list, sql }: Figures) =>
  row(name, [
    rows > 10_000 ? '10,000+' : rows.toLocaleString('en'),
    ...[page?.p50, page?.p95, list.p50, list.p95, sql.p50, sql.p95].map(ms => (ms === undefined ? '–' : ms.toFixed(1))),
  ])
