import { StringDecoder } from 'node:string_decoder'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'
export type Delimiter = ',' | ';' | '\t' | '|' | ' '
export type Newline = '\n' | '\r'

/** What is the matter with a record beyond its values. `unfinished`: the file ends without a line end after it. */
export type Flaw = 'too-long' | 'quote' | 'undecodable' | 'nul' | 'unfinished'

export interface TextRecord {
  /** Where it begins, counted from 1. */
  line: number
  cells: string[]
  flaw?: Flaw
}

/** A row of such a table has some 300 characters; the bound keeps a file without line ends, or with a lost quote, from filling the memory. */
export const maxRecordChars = 16_384

/** Turns octets into text piece by piece. What cannot be decoded becomes U+FFFD. */
export function textDecoder(encoding: Encoding): { write(octets: Buffer): string; end(): string } {
  if (encoding === 'latin1') return { write: octets => octets.toString('latin1'), end: () => '' }
  if (encoding !== 'utf-16be') return new StringDecoder(encoding === 'utf-8' ? 'utf8' : 'utf16le')
  const decoder = new StringDecoder('utf16le')
  let odd = Buffer.alloc(0)
  return {
    write(octets) {
      const all = Buffer.concat([odd, octets])
      const even = all.length & ~1
      odd = all.subarray(even)
      return decoder.write(all.subarray(0, even).swap16())
    },
    end: () => decoder.end() + (odd.length ? '\ufffd' : ''),
  }
}

/** Cuts text into records and cells. Blank lines, and lines of nothing but delimiters, are counted and passed over. */
export class RecordScanner {
  #rest = ''
  #line = 1
  #skipping = false
  readonly #delimiter: Delimiter
  readonly #newline: Newline

  constructor({ delimiter, newline }: { delimiter: Delimiter; newline: Newline }) {
    this.#delimiter = delimiter
    this.#newline = newline
  }

  /** @param last nothing follows `text` */
  push(text: string, last = false): TextRecord[] {
    const all = this.#rest + text
    const records: TextRecord[] = []
    const add = (line: number, cells: string[], flaw?: Flaw) => {
      if (flaw === 'quote' || flaw === 'too-long' || cells.some(cell => cell !== ''))
        records.push(flaw ? { line, cells, flaw } : { line, cells })
    }
    const find = (what: string, from: number) => {
      const found = all.indexOf(what, from)
      return found < 0 ? all.length : found
    }
    // Blanks between columns leave no room for quotes.
    let quote = this.#delimiter === ' ' ? all.length : find('"', 0)
    let at = 0
    while (at < all.length) {
      const end = find(this.#newline, at)
      const complete = end < all.length
      const tooLong = end - at > maxRecordChars
      if (this.#skipping || tooLong) {
        if (!this.#skipping) add(this.#line, [], 'too-long')
        this.#skipping = !complete
        if (complete) this.#line++
        at = complete ? end + 1 : end
        continue
      }
      if (quote < at) quote = find('"', at)
      if (quote < end) {
        const record = quotedRecord(all, at, this.#delimiter, this.#newline, last)
        if (record === 'incomplete') break
        if (record !== 'unclosed') {
          add(this.#line, record.cells, record.flaw)
          this.#line += record.lines
          at = record.next
          continue
        }
      }
      if (!complete && !last) break
      add(this.#line++, this.#cells(all.slice(at, end)), quote < end ? 'quote' : complete ? undefined : 'unfinished')
      at = end + 1
    }
    this.#rest = all.slice(at)
    return all.includes('\ufffd') || all.includes('\0') ? records.map(withDamage) : records
  }

  #cells(line: string): string[] {
    if (this.#delimiter === ' ') return line.trim().split(/\s+/)
    return (line.endsWith('\r') ? line.slice(0, -1) : line).split(this.#delimiter)
  }
}

function withDamage(record: TextRecord): TextRecord {
  if (record.flaw && record.flaw !== 'unfinished') return record
  const holds = (character: string) => record.cells.some(cell => cell.includes(character))
  if (holds('\ufffd')) return { ...record, flaw: 'undecodable' }
  return holds('\0') ? { ...record, flaw: 'nul' } : record
}

interface QuotedRecord {
  cells: string[]
  flaw?: Flaw
  lines: number
  next: number
}

const blanks = /[^\S\r\n\t]*/y

/** A record of RFC 4180 with quotes somewhere: a quote counts at the start of a cell only, and is doubled within quotes. */
function quotedRecord(
  all: string,
  start: number,
  delimiter: string,
  newline: string,
  last: boolean,
): QuotedRecord | 'incomplete' | 'unclosed' {
  const cells: string[] = []
  let flaw: Flaw | undefined
  let lines = 1
  let at = start
  for (;;) {
    blanks.lastIndex = at
    blanks.test(all)
    const quoted = all[blanks.lastIndex] === '"'
    let cell = ''
    if (quoted) {
      at = blanks.lastIndex + 1
      for (;;) {
        const quote = all.indexOf('"', at)
        if ((quote < 0 ? all.length : quote) - start > maxRecordChars) return 'unclosed'
        if (quote < 0) return last ? 'unclosed' : 'incomplete'
        cell += all.slice(at, quote)
        at = quote + 1
        if (all[at] !== '"') break
        cell += '"'
        at++
      }
      for (const character of cell) if (character === newline) lines++
    }
    let end = at
    while (end < all.length && all[end] !== delimiter && all[end] !== newline) end++
    if (end - start > maxRecordChars) return 'unclosed'
    if (end === all.length && !last) return 'incomplete'
    const tail = all.slice(at, end).replace(/\r$/, '')
    const strayed = quoted && tail.trim() !== ''
    if (strayed) flaw = 'quote'
    cells.push(quoted && !strayed ? cell : cell + tail)
    at = end + 1
    if (all[end] === delimiter) continue
    if (end === all.length) flaw ??= 'unfinished'
    return { cells, lines, next: at, ...(flaw ? { flaw } : {}) }
  }
}
