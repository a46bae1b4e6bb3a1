import { type BatchRow, FIELDS } from '../formats/row'
import type { ShapeVerdict } from './check-template'
import { batchFinding } from './finding-kinds'
import type { BatchFinding } from './findings'
import { countOf, forCount } from './prose'

const maxColumns = 1000

/** What rows bring and no profile takes: told once for each column, not a million times. */
export class UnusedValues {
  readonly #columns = new Map<string, number>()
  readonly #values = new Map<string, { label: string; reason: string; rows: number }>()

  add(row: BatchRow, verdict: ShapeVerdict | undefined): void {
    if (row.extra)
      for (const name in row.extra) {
        const rows = this.#columns.get(name)
        if (rows !== undefined || this.#columns.size < maxColumns) this.#columns.set(name, (rows ?? 0) + 1)
      }
    if (verdict) for (const { label, reason } of verdict.unused) this.#count(label, reason)
    if (row.package)
      for (const name of ['acc', 'smsp'] as const)
        if (row[name] !== undefined) this.#count(FIELDS[name].label, 'Their packages keep what they have.')
  }

  findings(): BatchFinding[] {
    return [
      ...[...this.#values.values()].map(({ label, reason, rows }) =>
        batchFinding(
          'unused-values',
          `${countOf(rows, 'row')} ${forCount(rows, 'brings', 'bring')} ${label}, which goes into no profile. ${reason}`,
        ),
      ),
      ...[...this.#columns].map(([name, rows]) =>
        batchFinding(
          'unused-column',
          `${columnText(name)} means no value of a profile: what ${countOf(rows, 'row')} ${forCount(rows, 'has', 'have')} in it is not used.`,
        ),
      ),
    ]
  }

  #count(label: string, reason: string): void {
    const known = this.#values.get(label)
    if (known) known.rows++
    else this.#values.set(label, { label, reason, rows: 1 })
  }
}

// Where a table without a header was read as if it had one, a value may stand in place of the name.
const columnText = (name: string): string =>
  /^[\s'="+]*[0-9A-Fa-f\s-]{4,}["F]?$/.test(name) ? 'A column whose name looks like a value' : `The column "${name}"`
