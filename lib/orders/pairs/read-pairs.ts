import type { Language } from '@/lib/customer-page/language'
import { type Eid, eidCheckDigitsHold, type Iccid, luhnHolds } from '@/lib/rsp/identifiers'
import { countWords } from '../count-words'
import { type EidPolicy, eidProblem } from '../eid-policy'
import { customerFields } from '../order-fields'
import { mostRunRows } from '../runs/issue-run-input'
import { type Field, fieldsOf } from './pair-columns'
import { cellsOf, textOf } from './table-text'

export interface PairRow {
  /** In the file, counted from 1 */
  line: number
  iccid?: Iccid
  eid?: Eid
  reference?: string
  customerEmail?: string
  language?: Language
}

export interface PairProblem {
  line: number
  sentence: string
}

export interface Pairs {
  rows: PairRow[]
  problems: PairProblem[]
  /** What the rows name: ICCIDs with EIDs (some may lack the one or the other), EIDs alone (stock is drawn from a type), ICCIDs alone */
  kind: 'pairs' | 'eids' | 'iccids'
  /** EIDs whose check digits do not hold, where a test laboratory lets them pass */
  warnings: PairProblem[]
}

const digitsOf = (cell: string): string => cell.replace(/^[='"]+|["']+$/g, '').replace(/[\s\u00a0-]/g, '')

/** A number that a spreadsheet has rounded: its last digits are gone. */
const rounded = /^\d([.,]\d+)?e\+?\d+$/i

/**
 * Reads a table of ICCIDs and EIDs, with customers' e-mail, reference and language where it has such columns: separated by commas, semicolons,
 * tabs or bars, with a line of names or none. Without names an ICCID (18 to 20 digits) and an EID (32) are told apart by their length. What a row
 * lacks or has wrong is a problem, in a sentence; the others are read.
 */
export function readPairs(file: string | Uint8Array, policy: EidPolicy = 'refuse'): Pairs {
  const reading = new Reading(policy)
  const records = cellsOf(textOf(file))
  const [first] = records
  const names = first && fieldsOf(first.cells)
  for (const { line, cells } of names ? records.slice(1) : records) {
    if (reading.rows.length + reading.problems.length >= mostRunRows) {
      reading.refuse(line, `The file has more than ${mostRunRows.toLocaleString('en-GB')} rows. Divide it; from here on it was not read.`)
      break
    }
    reading.read(line, cells, names)
  }
  if (records.length === 0 || (names && records.length === 1)) reading.refuse(1, 'The file is empty.')
  return reading.result()
}

class Reading {
  readonly rows: PairRow[] = []
  readonly problems: PairProblem[] = []
  private readonly warnings: PairProblem[] = []
  /** Where an identifier was named first */
  private readonly seen = new Map<string, number>()

  constructor(private readonly policy: EidPolicy) {}

  refuse(line: number, sentence: string): void {
    this.problems.push({ line, sentence })
  }

  result(): Pairs {
    const [hasIccid, hasEid] = [this.rows.some(({ iccid }) => iccid), this.rows.some(({ eid }) => eid)]
    return {
      rows: this.rows,
      problems: this.problems,
      warnings: this.warnings,
      kind: hasIccid && hasEid ? 'pairs' : hasEid ? 'eids' : 'iccids',
    }
  }

  read(line: number, cells: readonly string[], names: readonly (Field | undefined)[] | undefined): void {
    const row: PairRow = { line }
    const problem = cells.map((cell, i) => this.readCell(row, cell.trim(), names?.[i], names !== undefined)).find(Boolean)
    const sentence = problem ?? this.whole(row)
    if (sentence) this.refuse(line, sentence)
    else this.rows.push(row)
  }

  private whole(row: PairRow): string | undefined {
    const { line, iccid, eid } = row
    if (!iccid && !eid) return 'There is neither an ICCID nor an EID in this row.'
    const twice = [
      ['ICCID', iccid],
      ['EID', eid],
    ].find(([, value]) => value && this.seen.has(value))
    if (twice?.[1]) return `The ${twice[0]} ${twice[1]} stands in line ${this.seen.get(twice[1])} already.`
    for (const value of [iccid, eid]) if (value) this.seen.set(value, line)
    if (eid && !eidCheckDigitsHold(eid)) this.warnings.push({ line, sentence: `The check digits of the EID ${eid} do not fit.` })
    return undefined
  }

  /** @returns what is wrong with the cell, in a sentence */
  private readCell(row: PairRow, cell: string, name: Field | undefined, named: boolean): string | undefined {
    if (cell === '' || (named && name === undefined)) return undefined
    const digits = digitsOf(cell)
    if (rounded.test(digits)) return `A spreadsheet has rounded “${cell}”: save the column as text.`
    if (name === 'eid' || (!named && /^\d{32}$/.test(digits))) return this.readEid(row, digits)
    if (name === 'iccid' || (!named && /^\d{18,20}F?$/i.test(digits))) return readIccid(row, digits)
    if (name) return readFact(row, name, cell)
    if (cell.includes('@')) return readFact(row, 'customerEmail', cell)
    return /^\d+$/.test(digits)
      ? `“${cell}” has ${countWords(digits.length, 'digit')}: an ICCID has 18 to 20, an EID 32.`
      : `“${cell}” is neither an ICCID nor an EID. Columns of other things need a first line with their names.`
  }

  private readEid(row: PairRow, digits: string): string | undefined {
    if (!/^\d{32}$/.test(digits)) return `“${digits}” is no EID, which has 32 digits.`
    if (row.eid) return 'There are two EIDs in this row.'
    if (eidProblem(digits, this.policy)) return `The check digits of the EID ${digits} do not fit the rest: a digit is mistyped.`
    row.eid = digits as Eid
    return undefined
  }
}

function readIccid(row: PairRow, text: string): string | undefined {
  const digits = text.replace(/F$/i, '')
  if (!/^\d{18,20}$/.test(digits)) return `“${text}” is no ICCID, which has 18 to 20 digits.`
  if (row.iccid) return 'There are two ICCIDs in this row.'
  if (digits.length > 18 && !luhnHolds(digits)) return `The check digit of the ICCID ${digits} does not fit: a digit is mistyped.`
  row.iccid = digits as Iccid
  return undefined
}

function readFact(row: PairRow, name: 'reference' | 'customerEmail' | 'language', cell: string): string | undefined {
  const read = customerFields[name].safeParse(name === 'language' ? (cell.toLowerCase().split(/[-_]/)[0] ?? '') : cell)
  if (!read.success) return `“${cell.slice(0, 80)}”: ${read.error.issues[0]?.message ?? 'it cannot be used.'}`
  Object.assign(row, { [name]: read.data })
  return undefined
}
