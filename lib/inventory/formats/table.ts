import { csvBatches, type TextFile } from './csv'
import type { Detected } from './detect'
import { FileError } from './file-error'
import { type GuessedColumn, guessMapping, headersOf, type TableLayout } from './guess-mapping'
import { isKeptReference } from './kept-value'
import { adaptMapping, type CsvMapping } from './mapping'
import { isOutRow, type OutHeader, readOutHeader } from './out-file'
import { type BatchRow, FIELDS } from './row'
import { addProblem } from './row-builder'
import { type TransportAlgorithm, type TransportKeyLookup, valueDecrypter } from './transport-key'

/** A file of rows, opened: how it will be read, and a reader that can be started as often as wanted. */
export interface Table {
  format: 'csv' | 'out'
  mapping: CsvMapping
  /** How sure the guess is of each column; none when a mapping was given. */
  columns?: GuessedColumn[]
  header?: OutHeader
  /** @throws FileError */
  batches(onBytes?: (count: number) => void): AsyncGenerator<BatchRow[], void>
  /** The same without what is encrypted, for the first rows: no transport key is needed. @throws FileError */
  sampleBatches(): AsyncGenerator<BatchRow[], void>
}

export interface TableOptions {
  mapping?: CsvMapping
  /** With no mapping: what of it need not be guessed */
  layout?: TableLayout
  transportKey?: TransportKeyLookup
}

type TextDetected = Extract<Detected, { head: string }>

/** @throws FileError when the table cannot be read, or not by this mapping */
export function openTable(
  stream: TextFile['stream'],
  detected: TextDetected,
  { mapping: given, layout, transportKey }: TableOptions = {},
): Table {
  const { format, head, newline, whole } = detected
  const file: TextFile = { stream, encoding: detected.encoding, bomBytes: detected.bomBytes, newline }
  const header = format === 'out' ? readOutHeader(head, newline) : undefined
  const guess = given || header ? undefined : guessMapping(head, { newline, whole, layout })
  const mapping = header ? outMapping(header, given) : given ? fittingMapping(given, head, newline) : guess?.mapping
  if (!mapping) throw new FileError('No table was found in the file.')
  const accept = format === 'out' ? { accept: isOutRow } : {}
  return {
    format,
    mapping,
    ...(guess ? { columns: guess.columns } : {}),
    ...(header ? { header } : {}),
    async *batches(onBytes) {
      const open = await opener(mapping, transportKey, header?.transportAlgorithm)
      for await (const rows of csvBatches(file, mapping, { ...accept, ...(onBytes ? { onBytes } : {}) })) {
        if (open) for (const row of rows) open(row)
        yield rows
      }
    },
    async *sampleBatches() {
      for await (const rows of csvBatches(file, mapping, accept)) {
        for (const row of rows) withoutSealed(row, mapping)
        yield rows
      }
    },
  }
}

/** The columns of an output file are its own; what they mean and what is encrypted may have been corrected. */
function outMapping({ mapping, columns }: OutHeader, given: CsvMapping | undefined): CsvMapping {
  if (!given) return mapping
  const adapted = adaptMapping(given, columns)
  if (!adapted)
    throw new FileError('The mapping does not fit this file: a column that it expects is not among those of the line "var_out:".')
  const { transport: _, ...rest } = mapping
  return { ...rest, columns: adapted.columns, ...(adapted.transport ? { transport: adapted.transport } : {}) }
}

function fittingMapping(mapping: CsvMapping, head: string, newline: TextFile['newline']): CsvMapping {
  const first = headersOf(head, mapping, newline)
  if (!mapping.hasHeader || mapping.columns.every(({ header }) => header === undefined)) {
    if (first.length === mapping.columns.length) return mapping
    throw new FileError(`The mapping is one of ${mapping.columns.length} columns, the file has ${first.length}.`, mapping.skipLines + 1)
  }
  const adapted = adaptMapping(mapping, first)
  if (adapted) return adapted
  const names = new Set(first.map(name => name.toLowerCase()))
  const missing = mapping.columns.find(
    ({ header, to }) => header && to !== 'extra' && to !== 'ignore' && !names.has(header.trim().toLowerCase()),
  )
  throw new FileError(`The mapping does not fit this file: it has no column named "${missing?.header ?? ''}".`, mapping.skipLines + 1)
}

async function opener(mapping: CsvMapping, lookUp: TransportKeyLookup | undefined, declared: TransportAlgorithm | undefined) {
  const { transport } = mapping
  if (!transport) return undefined
  const key = await lookUp?.(transport.index)
  if (!key)
    throw new FileError(
      `Values of this file are encrypted under transport key ${transport.index}, which is not known here. Enter the key first.`,
    )
  if (declared && declared !== key.algorithm)
    throw new FileError(
      `The file says that transport key ${transport.index} is one of ${declared}, the key entered under this number is one of ${key.algorithm}.`,
    )
  const decrypt = valueDecrypter(key)
  return (row: BatchRow) => {
    for (const field of transport.fields) {
      if (field === 'otaKey') for (const one of row.otaKeys ?? []) one.key = open(row, field, one.key) ?? ''
      else if (row[field] !== undefined) row[field] = open(row, field, row[field])
      if (field !== 'otaKey' && row[field] === undefined) delete row[field]
    }
    if (row.otaKeys?.some(({ key }) => key === '')) row.otaKeys = row.otaKeys.filter(({ key }) => key !== '')
  }
  function open(row: BatchRow, field: keyof typeof FIELDS | 'otaKey', value: string): string | undefined {
    // It stands for the value as it is, whatever the vendor encrypted.
    if (isKeptReference(value)) return value
    try {
      return decrypt(value)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      const label = field === 'otaKey' ? 'OTA key' : FIELDS[field].label
      addProblem(row, { kind: 'transport-key', field, sentence: `The ${label} in line ${row.line} cannot be decrypted. ${error.message}` })
      return undefined
    }
  }
}

function withoutSealed(row: BatchRow, { transport }: CsvMapping): void {
  for (const field of transport?.fields ?? []) delete row[field === 'otaKey' ? 'otaKeys' : field]
}
