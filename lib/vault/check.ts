import type { Queryable } from '@/lib/db/pool'
import { countSealedRows, readSealedRows, rereadSealedRow, SEALED_TABLES, type SealedRow, type SealedTableName } from '@/lib/db/sealed-rows'
import { dataKeyIdOf, VaultError } from './cipher'
import type { Vault } from './vault'

export interface CheckedTable {
  table: SealedTableName
  opened: number
  failed: number
}

export interface CheckReport {
  tables: CheckedTable[]
  rows: number
  failed: number
  /** Identities of what does not open, the first of them; never a content */
  failures: string[]
  durationMs: number
}

export interface CheckOptions {
  /** Is told now and then how far it is; `of` grows when rows are added meanwhile */
  onProgress?: (rows: number, of: number) => void
  signal?: AbortSignal
}

const maxFailures = 1_000
const pageBytes = 8_388_608

/** As many rows at once as keep memory bounded, by the size of the last ones. */
function nextLimit(rows: readonly SealedRow[]): number {
  const bytes = rows.reduce((sum, { sealed }) => sum + sealed.length + 200, 0)
  return Math.max(8, Math.min(5_000, Math.floor(pageBytes / (bytes / rows.length))))
}

async function* pagesOf(db: Queryable, table: SealedTableName): AsyncGenerator<SealedRow[], void> {
  let next: Promise<SealedRow[]> = readSealedRows(db, table, { limit: 50 })
  for (;;) {
    const rows = await next
    const last = rows.at(-1)
    if (!last) return
    // The database reads on while these are opened.
    next = readSealedRows(db, table, { place: last.place, limit: nextLimit(rows) })
    next.catch(() => undefined)
    yield rows
  }
}

/** Whether a secret opens; its key is fetched first where another process made it. */
async function opens(vault: Vault, { sealed, identity }: SealedRow): Promise<boolean> {
  try {
    const id = dataKeyIdOf(sealed)
    if (id === undefined || !vault.keyring.has(id)) await vault.load(sealed)
    vault.open(sealed, identity).fill(0)
    return true
  } catch (error) {
    if (error instanceof VaultError) return false
    throw error
  }
}

/** A row that was read before its batch was discarded is no fault. */
async function failsStill(db: Queryable, vault: Vault, table: SealedTableName, row: SealedRow): Promise<boolean> {
  const now = await rereadSealedRow(db, table, row)
  return now !== undefined && !(await opens(vault, now))
}

/** Opens everything that is sealed in the database, page by page, beside running servers. Nothing of it is shown or kept. */
export async function checkSealed(db: Queryable, vault: Vault, { onProgress, signal }: CheckOptions = {}): Promise<CheckReport> {
  const startedAt = performance.now()
  const names = SEALED_TABLES.map(({ name }) => name)
  const expected = (await Promise.all(names.map(name => countSealedRows(db, name)))).reduce((sum, count) => sum + count, 0)
  const report: CheckReport = { tables: [], rows: 0, failed: 0, failures: [], durationMs: 0 }
  for (const table of names) {
    const checked: CheckedTable = { table, opened: 0, failed: 0 }
    report.tables.push(checked)
    for await (const rows of pagesOf(db, table)) {
      signal?.throwIfAborted()
      for (const row of rows) {
        if ((await opens(vault, row)) || !(await failsStill(db, vault, table, row))) {
          checked.opened += 1
          continue
        }
        checked.failed += 1
        if (report.failures.length < maxFailures) report.failures.push(row.identity)
      }
      report.rows += rows.length
      onProgress?.(report.rows, Math.max(expected, report.rows))
    }
    report.failed += checked.failed
  }
  report.durationMs = Math.round(performance.now() - startedAt)
  return report
}
