import type { DeviceModel } from '@/lib/db/device-model-rows'
import { detectFile } from '../formats/detect'
import { FileError } from '../formats/file-error'
import { type Delimiter, type Newline, RecordScanner, type TextRecord, textDecoder } from '../formats/text-records'
import { columnsByShape, type DeviceColumns, deviceColumns } from './column-names'

export interface LineProblem {
  /** In the file, counted from 1 */
  line: number
  sentence: string
}

/** A list of devices as it was read. */
export interface DeviceList {
  /** By TAC */
  models: Map<string, DeviceModel>
  /** Lines that could not be used */
  refused: number
  /** The first of them, each with its reason */
  problems: LineProblem[]
  /** TACs whose zero in front a spreadsheet had dropped */
  padded: number
}

export const mostProblems = 1_000
const mostModels = 1_000_000
const mostBytes = 256 * 1024 ** 2
const headBytes = 65_536
const preambleRecords = 10
const mostNameChars = 100

/**
 * Reads a table of TAC, brand and model, piece by piece: separated by commas, semicolons, tabs or bars, its columns in any order and by any of
 * their usual names, or without names. Lines that cannot be used are counted and the others are read; of a TAC that stands twice the first counts.
 * @throws FileError when it is no such table
 */
export async function readDeviceList(source: AsyncIterable<Uint8Array>): Promise<DeviceList> {
  const chunks = source[Symbol.asyncIterator]()
  const { head, ended } = await headOf(chunks)
  const detected = detectFile(head.subarray(0, headBytes), ended && head.length <= headBytes ? head.length : head.length + 1)
  if (!('head' in detected))
    throw new FileError('This is no table. Save the list of devices as CSV, with the columns TAC, brand and model.')
  const { newline, encoding, bomBytes } = detected
  const reading = new Reading()
  const scanner = new RecordScanner({ delimiter: delimiterOf(detected.head, newline), newline })
  const decoder = textDecoder(encoding)
  reading.take(scanner.push(decoder.write(head.subarray(bomBytes))))
  let bytes = head.length
  for (let next = ended ? undefined : await chunks.next(); next && !next.done; next = await chunks.next()) {
    bytes += next.value.length
    if (bytes > mostBytes) throw new FileError('This file is larger than 256 MB: it is more than a list of devices.')
    reading.take(scanner.push(decoder.write(Buffer.from(next.value))))
  }
  reading.take(scanner.push(decoder.end(), true))
  return reading.result()
}

async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<{ head: Buffer; ended: boolean }> {
  const parts: Uint8Array[] = []
  for (let count = 0; count <= headBytes; ) {
    const { value, done } = await chunks.next()
    if (done) return { head: Buffer.concat(parts), ended: true }
    parts.push(value)
    count += value.length
  }
  return { head: Buffer.concat(parts), ended: false }
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

/** The one with which the most lines have as many cells as most of the others. */
function delimiterOf(head: string, newline: Newline): Delimiter {
  const scores = delimiters.map(delimiter => {
    const counts = new Map<number, number>()
    for (const { cells } of new RecordScanner({ delimiter, newline }).push(head.slice(0, 16_384), true))
      if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
    return Math.max(0, ...counts.values())
  })
  return delimiters[scores.indexOf(Math.max(...scores))] ?? ','
}

/** What lists write where they know nothing. */
const nothing = /^(not known|unknown|n\/?a|none|null|nil|tbd|-+|\?+|\.)$/i

const FLAWS: Record<string, string> = {
  'too-long': 'It is longer than any line of such a list: a line end or a quote is missing.',
  quote: 'Its quotes do not match.',
  undecodable: 'It has characters that cannot be read. Save the file as UTF-8.',
  nul: 'It has characters that cannot be read. Save the file as UTF-8.',
}

class Reading {
  private readonly models = new Map<string, DeviceModel>()
  /** Where each TAC stands */
  private readonly lines = new Map<string, number>()
  /** A brand has thousands of models: its name is kept once. */
  private readonly names = new Map<string, string>()
  private readonly problems: LineProblem[] = []
  private refused = 0
  private padded = 0
  private before = 0
  private columns: DeviceColumns | undefined

  take(records: readonly TextRecord[]): void {
    for (const record of records) {
      if (this.columns) this.read(record, this.columns)
      else this.look(record)
    }
  }

  /** Until it is known which column is which. */
  private look(record: TextRecord): void {
    const named = deviceColumns(record.cells)
    this.columns = named ?? columnsByShape(record.cells)
    if (named && named.brand.length + named.model.length === 0)
      throw new FileError('The table has a column of TACs, and none is named brand, manufacturer or model.', record.line)
    if (this.columns && !named) this.read(record, this.columns)
    if (!this.columns && ++this.before >= preambleRecords) throw new FileError(noColumns)
  }

  result(): DeviceList {
    if (!this.columns) throw new FileError(noColumns)
    const { models, refused, problems, padded } = this
    return { models, refused, problems, padded }
  }

  private read(record: TextRecord, columns: DeviceColumns): void {
    const sentence = this.problemOf(record, columns)
    if (!sentence) return
    this.refused++
    if (this.problems.length < mostProblems) this.problems.push({ line: record.line, sentence })
  }

  /** Keeps what a line says. @returns why it cannot be used, in a sentence */
  private problemOf({ line, cells, flaw }: TextRecord, { tac: place, brand, model }: DeviceColumns): string | undefined {
    const broken = flaw && FLAWS[flaw]
    if (broken) return broken
    const digits = (cells[place] ?? '').replace(/^[\s='"]+|["'\s]+$/g, '').replace(/[\s\u00a0-]/g, '')
    const tac = /^\d{7}$/.test(digits) ? `0${digits}` : digits
    const problem = tacProblem(tac)
    if (problem) return problem
    const named = { brand: this.named(cells, brand), model: this.named(cells, model) }
    if (!named.brand && !named.model) return `Nothing is said of the TAC ${tac}: neither brand nor model.`
    const known = this.models.get(tac)
    if (known) {
      const same = known.brand === named.brand && known.model === named.model
      return same ? undefined : `The TAC ${tac} stands in line ${this.lines.get(tac)} already, with another name. The first one counts.`
    }
    if (this.models.size >= mostModels)
      throw new FileError('The file has more than 1,000,000 devices: it is more than a list of TACs.', line)
    if (tac !== digits) this.padded++
    this.models.set(tac, named)
    this.lines.set(tac, line)
    return undefined
  }

  /** What the first of these cells says that says something. */
  private named(cells: readonly string[], places: readonly number[]): string {
    for (const place of places) {
      const text = (cells[place] ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim()
      if (text === '' || nothing.test(text)) continue
      const short = text.slice(0, mostNameChars).trim()
      const kept = this.names.get(short)
      if (kept !== undefined) return kept
      this.names.set(short, short)
      return short
    }
    return ''
  }
}

const noColumns =
  'No column of TACs was found: eight digits each, in a column named TAC or in the first line. The others are brand and model.'

function tacProblem(tac: string): string | undefined {
  if (/^\d{8}$/.test(tac)) return undefined
  if (tac === '') return 'There is no TAC in this line.'
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(tac)) return `A spreadsheet has rounded “${tac}”: save the column as text.`
  if (/^\d{14,16}$/.test(tac)) return `It has an IMEI of ${tac.length} digits where a TAC belongs: that is its first eight.`
  if (/^\d+$/.test(tac)) return `A TAC has eight digits, this one has ${tac.length}.`
  return `“${tac.slice(0, 20)}” is no TAC, which has eight digits.`
}
