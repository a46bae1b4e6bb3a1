import type { ShapeVerdict } from './check-template'
import { batchFinding } from './finding-kinds'
import type { BatchFinding } from './findings'
import { countOf, forCount } from './prose'
import { BITS, type RowValues } from './read-values'
import { operatorCodeWeakness } from './weak-keys'

/** What kinds of authentication keys a batch brings. */
export class KeyHabits {
  readonly #codes = { OPc: 0, OP: 0, TOPc: 0, 'K alone': 0 }
  readonly #lengths = { '16 octets': 0, '32 octets': 0 }
  readonly #weak = { rows: 0, line: 0 }
  #lastCode: { code: string; isWeak: boolean } | undefined
  #testAlgorithm = 0

  add(line: number, { values, present }: RowValues, verdict: ShapeVerdict | undefined): void {
    if (present & BITS.k) {
      this.#codes[present & BITS.topc ? 'TOPc' : present & BITS.opc ? 'OPc' : present & BITS.op ? 'OP' : 'K alone']++
      if (values.k !== undefined) this.#lengths[values.k.length === 64 ? '32 octets' : '16 octets']++
    }
    if (verdict?.testAlgorithm) this.#testAlgorithm++
    const code = values.opc ?? values.op ?? values.topc
    if (code === undefined) return
    // An OP is one for all rows: it is judged once.
    if (this.#lastCode?.code !== code) this.#lastCode = { code, isWeak: operatorCodeWeakness(code) !== undefined }
    if (this.#lastCode.isWeak && this.#weak.rows++ === 0) this.#weak.line = line
  }

  findings(): BatchFinding[] {
    const codes = mixed(this.#codes)
    const lengths = mixed(this.#lengths)
    const { rows, line } = this.#weak
    const weak = `${countOf(rows, 'row')} ${forCount(rows, 'has', 'have')} an OPc, OP or TOPc that is published, repeats itself or counts up`
    const test = this.#testAlgorithm
    return [
      ...(codes ? [batchFinding('mixed-keys', `The rows do not bring the same kind of keys: ${codes}.`)] : []),
      ...(lengths ? [batchFinding('mixed-keys', `K has two lengths: ${lengths}.`)] : []),
      ...(rows ? [batchFinding('weak-operator-code', `${weak}; the first is line ${line}.`)] : []),
      ...(test
        ? [
            batchFinding(
              'test-algorithm',
              `${countOf(test, 'row')} ${forCount(test, 'brings', 'bring')} K without OPc or TOPc. Such profiles authenticate with the USIM test algorithm of the template, which no live network accepts.`,
            ),
          ]
        : []),
    ]
  }
}

/** The numbers of rows, where there is more than one kind. */
function mixed(kinds: Record<string, number>): string | undefined {
  const found = Object.entries(kinds).filter(([, rows]) => rows > 0)
  return found.length > 1 ? found.map(([name, rows]) => `${countOf(rows, 'row')} with ${name}`).join(', ') : undefined
}
