import type { ByteStream } from './byte-source'
import { FileError } from './file-error'
import type { CsvMapping } from './mapping'
import type { BatchRow } from './row'
import { rowBuilder } from './row-builder'
import { type Encoding, type Newline, RecordScanner, type TextRecord, textDecoder } from './text-records'

export { type GuessedColumn, type GuessedMapping, guessMapping } from './guess-mapping'
export { adaptMapping, ColumnMapping, CsvMapping } from './mapping'

/** A text file as its detection found it. */
export interface TextFile {
  stream: ByteStream
  encoding: Encoding
  bomBytes: number
  newline: Newline
}

export interface TableReading {
  /** Octets that have been read so far. */
  onBytes?: (count: number) => void
  /** Records for which it is false are passed over. @throws FileError to give up */
  accept?: (record: TextRecord) => boolean
}

/**
 * The rows of a table, as many at once as a piece of the file gives. Wrong lines are rows with a problem.
 * @throws FileError when there are no rows at all, or `accept` does
 */
export async function* csvBatches(
  file: TextFile,
  mapping: CsvMapping,
  { onBytes, accept }: TableReading = {},
): AsyncGenerator<BatchRow[], void> {
  const toRow = rowBuilder(mapping)
  let headerAhead = mapping.hasHeader
  let any = false
  for await (const records of recordBatches(file, mapping.delimiter, onBytes)) {
    const rows: BatchRow[] = []
    for (const record of records) {
      if (record.line <= mapping.skipLines) continue
      if (headerAhead) headerAhead = false
      else if (!accept || accept(record)) rows.push(toRow(record))
    }
    if (rows.length === 0) continue
    any = true
    yield rows
  }
  if (!any) throw new FileError(mapping.hasHeader ? 'The file has a header and no rows.' : 'The file has no rows.')
}

async function* recordBatches(
  file: TextFile,
  delimiter: CsvMapping['delimiter'],
  onBytes?: (count: number) => void,
): AsyncGenerator<TextRecord[], void> {
  const decoder = textDecoder(file.encoding)
  const scanner = new RecordScanner({ delimiter, newline: file.newline })
  let bytes = 0
  for await (const chunk of file.stream.chunks()) {
    const text = decoder.write(bytes < file.bomBytes ? chunk.subarray(file.bomBytes - bytes) : chunk)
    bytes += chunk.length
    onBytes?.(bytes)
    const records = scanner.push(text)
    if (records.length) yield records
  }
  const records = scanner.push(decoder.end(), true)
  if (records.length) yield records
}
