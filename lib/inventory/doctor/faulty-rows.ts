import { reasonColumn } from '../formats/column-names'
import type { ColumnMapping, CsvMapping, TransportUse } from '../formats/mapping'
import { type BatchRow, FIELDS, type FieldName } from '../formats/row'
import type { TransportKey } from '../formats/transport-key'
import { valueEncrypter } from './sealed-again'

/** A row as it came, and why it could not be taken. */
export interface FaultyRow {
  row: BatchRow
  /** Sentences */
  reasons: readonly string[]
}

export interface FaultyRowsOptions {
  /** By which the file was read; none for packages without a table. */
  mapping?: CsvMapping | undefined
  /** Of `mapping.transport`: what came encrypted goes back encrypted. Without it such cells stay empty. */
  transportKey?: TransportKey | undefined
}

const lineEnd = '\r\n'
const pieceChars = 32_768

/**
 * Faulty rows as a table to be mended and uploaded again: the columns and the delimiter of the upload, `reason` as the last column, always a header.
 * Cells of columns that the mapping ignores are empty. What a spreadsheet would take for a formula, or would round, has an apostrophe in front,
 * which the reader of tables drops.
 * The text holds the secrets that the rows came with.
 */
export async function* faultyRowsCsv(
  rows: AsyncIterable<FaultyRow> | Iterable<FaultyRow>,
  { mapping, transportKey }: FaultyRowsOptions = {},
): AsyncGenerator<string, void> {
  const write = tableWriter(mapping?.delimiter)
  const columns = mapping ? columnsOf(mapping, transportKey) : packageColumns
  // The mark tells spreadsheets that this is UTF-8.
  let piece = `\ufeff${write([...columns.map(({ header }) => header), reasonColumn])}`
  for await (const { row, reasons } of rows) {
    const own = row.cells ?? columns.map(({ cellOf }) => cellOf(row))
    const padding = Array.from({ length: Math.max(columns.length - own.length, 0) }, () => '')
    piece += write([...own, ...padding, reasons.join(' ')])
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

function columnsOf(mapping: CsvMapping, transportKey: TransportKey | undefined): Column[] {
  const { transport } = mapping
  const encrypt = transport && transportKey ? valueEncrypter(transportKey) : undefined
  const isSealed = (to: ColumnMapping['to']) => transport?.fields.includes(to as TransportUse['fields'][number]) ?? false
  return mapping.columns.flatMap((column, index) => {
    // That of a table which was mended once already.
    if (column.to === 'ignore' && column.header === reasonColumn) return []
    const sealed = isSealed(column.to)
    const plain = cellReader(column, index)
    const header = mapping.hasHeader && column.header ? column.header : nameOf(column, index, sealed)
    return [{ header, cellOf: row => (sealed ? (encrypt?.(plain(row)) ?? '') : plain(row)) }]
  })
}

function cellReader(column: ColumnMapping, index: number): (row: BatchRow) => string {
  const { to, keyVersion, keyId, securityDomain } = column
  if (to === 'ignore') return () => ''
  if (to === 'extra') return ({ extra }) => extra?.[column.header || `Column ${index + 1}`] ?? ''
  if (to !== 'otaKey') return row => row[to] ?? ''
  return ({ otaKeys = [] }) =>
    otaKeys.find(key => key.keyVersion === keyVersion && key.keyId === keyId && key.securityDomain === securityDomain)?.key ?? ''
}

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
  const quoted = (cell: string) => {
    const safe = isSpoilt(cell) ? `'${cell}` : cell
    return safe.includes(delimiter) || /["\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return cells => cells.map(quoted).join(delimiter) + lineEnd
}

/** Whether a spreadsheet makes something else of a cell: a formula, a rounded number, a number without its zeros. */
const isSpoilt = (cell: string): boolean =>
  /^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell) || /^[\t\r\n]/.test(cell) || /^(?:[0-9]{12,}|0[0-9]+|[0-9]+E[0-9]+)$/i.test(cell)
