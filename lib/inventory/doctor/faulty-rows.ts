import { csvQuoted, isFormula } from '@/lib/csv'
import { reasonColumn } from '../formats/column-names'
import { keptReference } from '../formats/kept-value'
import type { ColumnMapping, CsvMapping } from '../formats/mapping'
import { type BatchRow, FIELDS, type FieldName } from '../formats/row'

/** A row as it came, and why it could not be taken. */
export interface FaultyRow {
  row: BatchRow
  /** Sentences */
  reasons: readonly string[]
}

export interface FaultyRowsOptions {
  /** Where the rows are kept: what stands in place of their secrets names it. */
  batchId: string
  /** By which the file was read; none for packages without a table. */
  mapping?: CsvMapping | undefined
}

const lineEnd = '\r\n'
const pieceChars = 32_768

/**
 * Faulty rows as a table to be mended and uploaded again: the columns and the delimiter of the upload, `reason` as the last column, always a header.
 * Secrets went in and do not come out: in their cells stand references to the kept rows, by which the next upload gets them. Cells that nobody can tell
 * to hold none are empty: those of columns without a meaning, and of lines whose cells could not be told apart. So the reason begins with the line, by
 * which people find the row in their own file. What a spreadsheet would take for a formula, or would round, has an apostrophe in front, which the reader
 * of tables drops.
 */
export async function* faultyRowsCsv(
  rows: AsyncIterable<FaultyRow> | Iterable<FaultyRow>,
  { batchId, mapping }: FaultyRowsOptions,
): AsyncGenerator<string, void> {
  const write = tableWriter(mapping?.delimiter)
  const columns = mapping ? columnsOf(mapping, batchId) : packageColumns
  // The mark tells spreadsheets that this is UTF-8.
  let piece = `\ufeff${write([...columns.map(({ header }) => header), reasonColumn])}`
  for await (const { row, reasons } of rows) {
    const cells = columns.map(({ cellOf }) => (row.cells ? '' : cellOf(row)))
    piece += write([...cells, `Line ${row.line}: ${[...new Set(reasons)].join(' ')}`])
    if (piece.length < pieceChars) continue
    yield piece
    piece = ''
  }
  if (piece) yield piece
}

interface Column {
  header: string
  cellOf(row: BatchRow): string
}

const packageColumns: readonly Column[] = [
  { header: 'File', cellOf: ({ member = '' }) => member },
  { header: 'ICCID', cellOf: ({ iccid = '' }) => iccid },
]

function columnsOf(mapping: CsvMapping, batchId: string): Column[] {
  const sealed: readonly ColumnMapping['to'][] = mapping.transport?.fields ?? []
  return mapping.columns.flatMap((column, index) => {
    // That of a table which was mended once already.
    if (column.to === 'ignore' && column.header === reasonColumn) return []
    const header = mapping.hasHeader && column.header ? column.header : nameOf(column, index, sealed.includes(column.to))
    return [{ header, cellOf: cellReader(column, batchId) }]
  })
}

function cellReader({ to, keyVersion, keyId, securityDomain }: ColumnMapping, batchId: string): (row: BatchRow) => string {
  if (to === 'ignore' || to === 'extra') return () => ''
  const referenceTo = ({ line }: BatchRow) => keptReference({ batchId, line })
  if (to === 'otaKey')
    return row => {
      const { otaKeys = [] } = row
      const has = otaKeys.some(key => key.keyVersion === keyVersion && key.keyId === keyId && key.securityDomain === securityDomain)
      return has ? referenceTo(row) : ''
    }
  if (FIELDS[to].secret) return row => (row[to] === undefined ? '' : referenceTo(row))
  return ({ [to]: value = '' }) => (isKeyLike(value, to) ? '' : value)
}

/** Whether a key may have slipped into the column of something else. A record of EF.SMSP can be as long as the longest. */
const isKeyLike = (value: string, field: FieldName): boolean =>
  /^(?:[0-9A-F]{32}|[0-9A-F]{48}|[0-9A-F]{64})$/i.test(value) && !(field === 'smsp' && value.length === 64)

const otaNames = [
  ['KIC', 'ENC'],
  ['KID', 'MAC'],
  ['KIK', 'DEK'],
] as const

/** A name by which the column is known again: the file had none, or it stood in the header of an output file. */
function nameOf({ header, to, keyVersion = 1, keyId = 1 }: ColumnMapping, index: number, sealed: boolean): string {
  if (sealed && (to === 'k' || to === 'opc')) return to === 'k' ? 'eKi' : 'eOPc'
  if (header) return header
  if (to === 'extra' || to === 'ignore') return `Column ${index + 1}`
  if (to !== 'otaKey') return FIELDS[to satisfies FieldName].label
  const [scp80, scp03] = otaNames[keyId - 1] ?? ['OTA key', 'OTA key']
  return keyVersion < 16 ? `${scp80}${keyVersion}` : `${scp03}${keyVersion.toString(16)}`
}

function tableWriter(given: CsvMapping['delimiter'] = ','): (cells: readonly string[]) => string {
  // Runs of blanks divide nothing that has blanks in it.
  const delimiter = given === ' ' ? ',' : given
  const written = (cell: string) => csvQuoted(isSpoilt(cell) ? `'${cell}` : cell, delimiter)
  return cells => cells.map(written).join(delimiter) + lineEnd
}

/** Whether a spreadsheet makes something else of a cell: a formula, a rounded number, a number without its zeros. */
const isSpoilt = (cell: string): boolean => isFormula(cell) || /^(?:[0-9]{12,}|0[0-9]+|[0-9]+E[0-9]+)$/i.test(cell)
