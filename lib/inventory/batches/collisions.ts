import type { Collision } from '@/lib/db/batches/collisions'
import type { CheckedRow } from '../doctor/doctor'
import { type FindingKind, rowFinding } from '../doctor/finding-kinds'
import type { RowFinding } from '../doctor/findings'
import { type BatchRow, FIELDS } from '../formats/row'

// A file in which more rows than this are refused needs no better report.
const maxRemembered = 200_000

/** Where in the file an ICCID or IMSI came first, of rows that are not in the database. */
export class FirstLines {
  readonly #lines = { iccid: new Map<string, number>(), imsi: new Map<string, number>() }

  add({ line }: BatchRow, checked: CheckedRow): void {
    for (const name of ['iccid', 'imsi'] as const) {
      const value = checked[name]
      const lines = this.#lines[name]
      if (value !== undefined && lines.size < maxRemembered && !lines.has(value)) lines.set(value, line)
    }
  }

  lineOf(name: 'iccid' | 'imsi', value: string): number | undefined {
    return this.#lines[name].get(value)
  }
}

/** What stands in the way of the rows of a chunk: rows before them, in it and in the file, stock, other drafts. */
export class ChunkCollisions {
  readonly #found: Record<'iccid' | 'imsi', Map<string, Collision>>
  readonly #seen = { iccid: new Map<string, number>(), imsi: new Map<string, number>() }

  constructor(
    private readonly batchId: string,
    private readonly refused: FirstLines,
    found: Record<'iccid' | 'imsi', Collision[]>,
  ) {
    const byValue = (collisions: Collision[]) => new Map(collisions.map(collision => [collision.value, collision]))
    this.#found = { iccid: byValue(found.iccid), imsi: byValue(found.imsi) }
  }

  /** To be asked for each row in the order of the file. */
  of(checked: CheckedRow): RowFinding[] {
    const findings: RowFinding[] = []
    for (const name of ['iccid', 'imsi'] as const) {
      const value = checked[name]
      if (value === undefined) continue
      const finding = this.#ofValue(checked.line, name, value)
      if (finding) findings.push(finding)
    }
    return findings
  }

  #ofValue(line: number, name: 'iccid' | 'imsi', value: string): RowFinding | undefined {
    const { label } = FIELDS[name]
    const find = (kind: FindingKind, rest: string) => rowFinding(line, kind, `The ${label} ${value} in line ${line} ${rest}`, label)
    const found = this.#found[name].get(value)
    const isOurs = found?.batchId === this.batchId
    const first = this.#seen[name].get(value) ?? this.refused.lineOf(name, value) ?? (isOurs ? found?.line : undefined)
    if (first === undefined || first === null) this.#seen[name].set(value, line)
    else return find(name === 'iccid' ? 'duplicate-in-file' : 'imsi-duplicate', `stands in line ${first} already.`)
    if (!found || isOurs) return undefined
    const { batchId, batchState, line: there } = found
    const inStock = batchId === null || batchState === 'approved'
    const from =
      batchId === null
        ? ''
        : inStock
          ? `; it came with batch ${batchId}`
          : ` in line ${there} of batch ${batchId}, which is not decided about yet`
    if (name === 'imsi') return find('imsi-in-stock', inStock ? `belongs to a profile in stock${from}.` : `stands${from}.`)
    return inStock ? find('in-stock', `is in stock already${from}.`) : find('in-draft', `stands${from}.`)
  }
}
