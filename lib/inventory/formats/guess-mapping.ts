import { columnOfName } from './column-names'
import { FileError } from './file-error'
import { type ColumnMapping, type CsvMapping, maxColumns, maxHeaderChars } from './mapping'
import type { FieldName } from './row'
import { type Delimiter, type Newline, RecordScanner, type TextRecord } from './text-records'
import { describeValue, fieldsOfShape, shapeFits } from './value-shapes'

/** What the mapping says of one column, for a person to check. */
export interface GuessedColumn {
  name: string
  /** 0 to 1. */
  confidence: number
  /** The first values as they may be shown: of anything but identifiers only kind and length. */
  samples: string[]
}

/** Where a table is in its file and what divides its columns, as a person says it who sees a wrong guess. */
export type TableLayout = Pick<CsvMapping, 'delimiter' | 'skipLines' | 'hasHeader'>

export interface GuessedMapping {
  mapping: CsvMapping
  columns: GuessedColumn[]
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
const sampleRecords = 50
const shownSamples = 3
const preambleRecords = 20

/**
 * Guesses how a table is to be read.
 * @param sample its beginning; the last line is left out unless the sample is `whole`
 * @param options.layout what need not be guessed
 * @throws FileError when there is no table to be seen
 */
export function guessMapping(
  sample: string,
  { newline = '\n', whole = false, layout }: { newline?: Newline; whole?: boolean; layout?: TableLayout | undefined } = {},
): GuessedMapping {
  const hint = /^sep=([,;\t|])\r?\n/i.exec(sample)?.[1] as Delimiter | undefined
  const delimiter = layout?.delimiter ?? hint ?? guessDelimiter(sample, newline, whole)
  const records = sampleOf(sample, delimiter, newline, whole, layout?.skipLines)
  const width = (layout && records[0]?.cells.length) ?? usualWidth(records)
  const start = records.findIndex(({ cells }, index) => index < preambleRecords && cells.length === width)
  const first = records[start]
  if (!first) throw new FileError('No table was found in the file: its lines have no columns in common.')
  const hasHeader = layout?.hasHeader ?? isHeader(first.cells)
  const rows = records.slice(start + (hasHeader ? 1 : 0)).filter(({ cells }) => cells.length === width)
  const valuesOf = (index: number) => rows.map(({ cells }) => cells[index] ?? '')
  const guesses = guessColumns(
    hasHeader ? namesOf(first) : undefined,
    first.cells.map((_, index) => valuesOf(index)),
  )
  requireTable(guesses, width, hasHeader || layout !== undefined)
  const encrypted = guesses.filter(guess => guess.encrypted).map(({ column }) => column.to as FieldName)
  return {
    mapping: {
      delimiter,
      skipLines: first.line - 1,
      hasHeader,
      columns: guesses.map(({ column }) => column),
      ...(encrypted.length ? { transport: { index: '1', fields: encrypted } } : {}),
    },
    columns: guesses.map(({ column, confidence }, index) => ({
      name: column.header || `Column ${index + 1}`,
      confidence: Math.round(confidence * 100) / 100,
      samples: valuesOf(index)
        .slice(0, shownSamples)
        .map(value => describeValue(column.to, value)),
    })),
  }
}

/** The names in the header of a table, as they stand in the file. */
export function headersOf(
  sample: string,
  { delimiter, skipLines }: Pick<CsvMapping, 'delimiter' | 'skipLines'>,
  newline: Newline,
): string[] {
  const header = new RecordScanner({ delimiter, newline }).push(sample, true).find(({ line }) => line > skipLines)
  return header ? namesOf(header) : []
}

const namesOf = ({ cells }: TextRecord): string[] => cells.map(cell => cell.trim().slice(0, maxHeaderChars))

function sampleOf(sample: string, delimiter: Delimiter, newline: Newline, whole: boolean, skipLines = 0): TextRecord[] {
  return new RecordScanner({ delimiter, newline })
    .push(sample, whole)
    .filter(({ flaw, line }) => (!flaw || flaw === 'unfinished') && line > skipLines)
    .slice(0, sampleRecords + preambleRecords)
}

function guessDelimiter(sample: string, newline: Newline, whole: boolean): Delimiter {
  let best: { delimiter: Delimiter; score: number } | undefined
  for (const delimiter of delimiters) {
    const records = sampleOf(sample, delimiter, newline, whole)
    const width = usualWidth(records)
    if (width < 2) continue
    const alike = records.filter(({ cells }) => cells.length === width).length / records.length
    const score = alike * 100 + width
    if (alike >= 0.5 && (!best || score > best.score)) best = { delimiter, score }
  }
  return best?.delimiter ?? ','
}

function usualWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let usual = 0
  for (const [width, count] of counts) if (count > (counts.get(usual) ?? 0)) usual = width
  return usual
}

// A value of any field is digits, hexadecimal digits or a number in scientific notation; a name is none of them.
const isValue = (cell: string) => /^[\s'="+]*[0-9A-Fa-f][0-9A-Fa-f\s-]{3,}["F]?$|^[0-9]|E\+[0-9]/.test(cell.trim())

function isHeader(cells: readonly string[]): boolean {
  const named = cells.filter(cell => columnOfName(cell)).length
  const values = cells.filter(cell => isValue(cell) && !columnOfName(cell)).length
  return named > 0 ? named >= values : values === 0
}

interface Guess {
  column: ColumnMapping
  confidence: number
  encrypted: boolean
}

function guessColumns(headers: readonly string[] | undefined, values: readonly string[][]): Guess[] {
  const guesses = values.map(
    (column, index): Guess =>
      headers ? guessByName(headers[index] ?? '', column) : { column: { to: 'extra' }, confidence: 0, encrypted: false },
  )
  keepSurest(guesses)
  guessByShape(guesses, values, headers ? 0.4 : 1)
  return guesses
}

function guessByName(header: string, values: readonly string[]): Guess {
  const named = columnOfName(header)
  if (!named) return { column: { header, to: 'extra' }, confidence: 0, encrypted: false }
  const { to } = named.column
  const fits = to === 'extra' || to === 'ignore' ? 1 : shapeFits(to, values)
  const confidence = (named.exact ? 0.98 : 0.7) * (fits === undefined ? 0.8 : 0.4 + 0.6 * fits)
  return { column: named.column, confidence, encrypted: named.encrypted }
}

/** Of columns with the same meaning the surest one has it, the others are kept by their name. */
function keepSurest(guesses: Guess[]): void {
  const surest = new Map<string, Guess>()
  for (const guess of guesses) {
    const { to, keyVersion, keyId } = guess.column
    if (to === 'extra' || to === 'ignore') continue
    const key = `${to}/${keyVersion}/${keyId}`
    const rival = surest.get(key)
    const [winner, loser] = rival && rival.confidence >= guess.confidence ? [rival, guess] : [guess, rival]
    surest.set(key, winner)
    if (loser) Object.assign(loser, { column: { header: loser.column.header, to: 'extra' }, confidence: 0, encrypted: false })
  }
}

function guessByShape(guesses: Guess[], values: readonly string[][], trust: number): void {
  const taken = new Set(guesses.map(({ column }) => column.to))
  const named = trust < 1
  guesses.forEach((guess, index) => {
    if (guess.column.to !== 'extra') return
    const found = fieldsOfShape(values[index] ?? []).find(({ field }) => !taken.has(field))
    // A named column that nobody knows stays what it is, unless its values can be nothing else.
    if (!found || (named && found.confidence < 0.75)) return
    taken.add(found.field)
    guess.column = { ...guess.column, to: found.field }
    guess.confidence = found.confidence * (named ? Math.max(trust, 0.6) : 1)
  })
}

function requireTable(guesses: readonly Guess[], width: number, isSure: boolean): void {
  if (width > maxColumns) throw new FileError(`The file has ${width} columns, more than ${maxColumns} are not read.`)
  const known = guesses.filter(({ column }) => column.to !== 'extra').length
  if (known > 0 || (isSure && width > 1)) return
  throw new FileError(
    width > 1
      ? 'The file has columns, but nothing in them looks like an ICCID, an IMSI or a key.'
      : 'No columns were found: neither comma, semicolon, tab nor vertical bar divides the lines.',
  )
}
