import type { ColumnMapping, CsvMapping } from './mapping'
import { type BatchRow, FIELDS, type FieldName, type OtaKeyValue, type ProblemKind, type RowProblem } from './row'
import type { Flaw, TextRecord } from './text-records'

const flawKinds = {
  'too-long': ['too-long', 'is far longer than a row can be; a line end or a closing quote is missing.'],
  quote: ['quote', 'has a quote that does not end where its cell does.'],
  undecodable: ['undecodable', 'has octets that are no text in the encoding of the file.'],
  nul: ['control-character', 'has NUL characters, which no text has.'],
} as const satisfies Partial<Record<Flaw, readonly [ProblemKind, string]>>

// Excel and pandas write a long number so; OPc and the like are hexadecimal and never hold a plus or a point.
const scientific = /^[+-]?[0-9](?:[.,][0-9]+)?E(?:\+[0-9]{1,2})$|^[0-9][.,][0-9]+E[0-9]{1,2}$/i
const plain = /^[0-9A-Fa-f]+$/

/** A function that makes rows of a table's records. Fields that cannot be told are left out, the reason stands in `problems`. */
export function rowBuilder({ columns }: Pick<CsvMapping, 'columns'>): (record: TextRecord) => BatchRow {
  const width = columns.length
  return record => {
    const { line, cells, flaw } = record
    const broken = brokenRecord(record, width)
    if (broken) return { line, cells, problems: [broken] }
    const row: BatchRow = { line }
    for (let index = 0; index < width; index++) {
      const column = columns[index]
      const cell = cells[index]
      if (cell && column && column.to !== 'ignore') assign(row, column, cell, index)
    }
    if (flaw && flaw !== 'unfinished') {
      const [kind, what] = flawKinds[flaw]
      addProblem(row, { kind, sentence: `Line ${line} ${what}` })
    }
    return row
  }
}

export function addProblem(row: BatchRow, problem: RowProblem): void {
  if (row.problems) row.problems.push(problem)
  else row.problems = [problem]
}

function brokenRecord({ line, cells, flaw }: TextRecord, width: number): RowProblem | undefined {
  if (flaw === 'too-long' || flaw === 'quote') {
    const [kind, what] = flawKinds[flaw]
    return { kind, sentence: `Line ${line} ${what}` }
  }
  if (cells.length === width || (cells.length > width && cells.slice(width).every(cell => cell.trim() === ''))) return undefined
  if (flaw === 'unfinished' && cells.length < width)
    return { kind: 'truncated', sentence: `The file ends in the middle of line ${line}: it was cut off.` }
  return { kind: 'column-count', sentence: `Line ${line} has ${columnsOf(cells.length)} instead of ${width}.` }
}

const columnsOf = (count: number) => (count === 1 ? '1 column' : `${count} columns`)

function assign(row: BatchRow, column: ColumnMapping, cell: string, index: number): void {
  const { to } = column
  if (to === 'ignore') return
  if (to === 'extra') {
    const text = cell.replaceAll('\0', '').trim()
    if (text === '') return
    row.extra ??= {}
    row.extra[column.header || `Column ${index + 1}`] = text
    return
  }
  const clean = plain.test(cell)
  const value = clean ? cell : tidy(cell)
  if (value === '') return
  if (!clean && scientific.test(value)) addProblem(row, lostDigits(row.line, to))
  else if (to === 'otaKey') {
    row.otaKeys ??= []
    row.otaKeys.push(otaKey(column, value))
  } else if (to === 'iccid') row.iccid = ownText(value.replace(/[Ff]{1,2}$/, ''))
  else if (to === 'imsi' || to === 'msisdn') row[to] = ownText(value)
  else row[to] = value
}

const otaKey = ({ keyVersion = 1, keyId = 1, securityDomain }: ColumnMapping, key: string): OtaKeyValue => ({
  keyVersion,
  keyId,
  ...(securityDomain ? { securityDomain } : {}),
  key,
})

const lostDigits = (line: number, field: FieldName | 'otaKey'): RowProblem => ({
  kind: 'scientific-notation',
  field,
  sentence: `The ${field === 'otaKey' ? 'OTA key' : FIELDS[field].label} in line ${line} was turned into scientific notation by a spreadsheet, its digits are lost. Export the column as text.`,
})

/** Without what spreadsheets and people put around a value: blanks, dashes, ="…", a leading apostrophe, 0x. */
function tidy(cell: string): string {
  const bare = cell
    .trim()
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'/, '')
  if (scientific.test(bare)) return bare
  return bare
    .replace(/^0x/i, '')
    .replaceAll('\0', '')
    .replace(/[\s\u200b-]/g, '')
}

const scratch = Buffer.allocUnsafe(64)

/** The same text as a string of its own: a slice would keep the whole piece of the file that it was cut from for as long as somebody remembers it. */
function ownText(text: string): string {
  if (text.length < 13 || text.length > scratch.length) return text
  const copy = scratch.toString('latin1', 0, scratch.write(text, 'latin1'))
  return copy === text ? copy : text
}
