export interface TableRecord {
  /** Where it begins, counted from 1 */
  line: number
  cells: string[]
}

/** Text of a file: UTF-8, or UTF-16 where a byte order mark says so. */
export function textOf(file: string | Uint8Array): string {
  if (typeof file === 'string') return file.replace(/^\ufeff/, '')
  const [first, second] = file
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(file)
}

const DELIMITERS = ['\t', ';', ',', '|'] as const

/** The one that stands most often in the first lines; commas where none does. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 4_096)
  const counts = DELIMITERS.map(delimiter => head.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** Cuts a table into records and cells, RFC 4180; blank lines are passed over. */
export function cellsOf(text: string): TableRecord[] {
  const delimiter = delimiterOf(text)
  const records: TableRecord[] = []
  let line = 1
  let begun = 1
  let cells: string[] = []
  let cell = ''
  let quoted = false
  const endRecord = () => {
    cells.push(cell)
    if (cells.some(each => each.trim() !== '')) records.push({ line: begun, cells })
    cells = []
    cell = ''
  }
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ''
    if (character === '\n') line++
    if (quoted) {
      if (character !== '"') cell += character
      else if (text[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (character === '"' && cell.trim() === '') {
      cell = ''
      quoted = true
    } else if (character === delimiter) {
      cells.push(cell)
      cell = ''
    } else if (character === '\n' || (character === '\r' && text[i + 1] !== '\n')) {
      endRecord()
      begun = line
    } else if (character !== '\r') cell += character
  }
  endRecord()
  return records
}
