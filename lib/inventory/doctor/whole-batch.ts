import type { PreparedTemplate } from '@/lib/rsp/saip/prepare-template'
import type { BatchRow } from '../formats/row'
import type { DeclaredRange } from './check-iccid'
import type { ShapeVerdict } from './check-template'
import { CodeHabits } from './code-habits'
import { batchFinding } from './finding-kinds'
import type { BatchFinding } from './findings'
import { HomeNetworks } from './home-networks'
import { type Gap, IccidGaps } from './iccid-gaps'
import { KeyHabits } from './key-habits'
import { countOf, forCount } from './prose'
import type { RowValues } from './read-values'
import { UnusedValues } from './unused-values'

export interface Declared extends DeclaredRange {
  quantity?: number
}

/** What is remembered of each row. */
export interface SeenRow {
  row: BatchRow
  /** None of a line that could not be read. */
  read?: RowValues
  iccid?: string | undefined
  imsi?: string | undefined
  /** MCC and MNC, where they are known apart. */
  mccMnc?: string | undefined
  verdict?: ShapeVerdict
}

const shownGaps = 5

/** Gathers what only all rows together tell, in bounded memory. */
export class WholeBatch {
  readonly #template: PreparedTemplate | undefined
  readonly #declared: Declared
  readonly #gaps = new IccidGaps()
  readonly #networks: HomeNetworks
  readonly #codes = new CodeHabits()
  readonly #keys = new KeyHabits()
  readonly #unused = new UnusedValues()
  #rows = 0

  constructor(template: PreparedTemplate | undefined, declared: Declared) {
    this.#template = template
    this.#declared = declared
    this.#networks = new HomeNetworks(template?.places.mncLength)
  }

  add({ row, read, iccid, imsi, mccMnc, verdict }: SeenRow): void {
    this.#rows++
    if (iccid !== undefined) this.#gaps.add(iccid)
    if (imsi !== undefined) this.#networks.add(imsi, mccMnc)
    this.#unused.add(row, verdict)
    if (!read || row.package) return
    this.#codes.add(read.values)
    this.#keys.add(row.line, read, verdict)
  }

  findings(): BatchFinding[] {
    return [
      ...this.#quantity(),
      ...this.#gapFindings(),
      ...this.#networks.findings(),
      ...this.#keys.findings(),
      ...this.#codes.findings(this.#template?.places),
      ...this.#unused.findings(),
    ]
  }

  #quantity(): BatchFinding[] {
    const { quantity } = this.#declared
    if (quantity === undefined || quantity === this.#rows) return []
    const were = forCount(quantity, 'was', 'were')
    return [batchFinding('quantity', `${countOf(quantity, 'profile')} ${were} declared, the file has ${countOf(this.#rows, 'row')}.`)]
  }

  #gapFindings(): BatchFinding[] {
    const gaps = this.#gaps.find(this.#declared)
    if (!gaps?.length) return []
    const missing = gaps.reduce((sum, gap) => sum + gap.count, 0)
    const shown = gaps.slice(0, shownGaps).map(placeOfGap).join('; ')
    const further = gaps.length > shownGaps ? `; and in ${countOf(gaps.length - shownGaps, 'further place')}` : ''
    const are = forCount(missing, 'is', 'are')
    return [batchFinding('iccid-gaps', `${countOf(missing, 'ICCID')} ${are} missing from the row: ${shown}${further}.`)]
  }
}

function placeOfGap({ after, before, count }: Gap): string {
  const number = count.toLocaleString('en')
  if (after === undefined) return `${number} before ${before}`
  return before === undefined ? `${number} after ${after}` : `${number} between ${after} and ${before}`
}
