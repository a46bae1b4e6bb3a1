import { columnOfName } from './column-names'
import { FileError } from './file-error'
import type { ColumnMapping, CsvMapping, TransportUse } from './mapping'
import { type Delimiter, type Newline, RecordScanner, type TextRecord } from './text-records'
import { type TransportAlgorithm, transportIndex } from './transport-key'

/** What stands above the rows of a vendor's output file. */
export interface OutHeader {
  /** Every line of the header by its name: Customer, Quantity, Type, Batch, Transport_key, … */
  values: Record<string, string>
  /** First values and the like that the vendor was given: ICCID, IMSI. */
  inputVariables: Record<string, string>
  quantity?: number
  customer?: string
  type?: string
  batch?: string
  /** Of the transport key; undefined when the file names none or says that nothing is encrypted. */
  transportIndex?: string
  transportAlgorithm?: TransportAlgorithm
  /** Columns in their order as `var_out` names them. */
  columns: string[]
  mapping: CsvMapping
}

const section = /^[\s*]*(HEADER DESCRIPTION|(?:INPUT|OUTPUT) VARIABLES|DATA SECTION|\w+ PROCESS DESCRIPTION)\b/i
const pair = /^\s*([A-Za-z][\w .\-/]*?)\s*:\s*(.*?)\s*$/
const variablesOut = /^\s*var_out(?:_list)?\s*:\s*(.*?)\s*$/i
const maxHeaderLines = 500

/**
 * Reads the header of a vendor's output file: lines `Name: value`, sections between rows of asterisks, and the line `var_out:` that gives the columns.
 * @param head the beginning of the file
 * @throws FileError when `var_out` is missing, empty or names no ICCID and no IMSI
 */
export function readOutHeader(head: string, newline: Newline = '\n'): OutHeader {
  const lines = head.split(newline).map(line => line.replace(/\r$/, ''))
  const at = lines.findIndex(line => variablesOut.test(line))
  if (at < 0 || at > maxHeaderLines)
    throw new FileError(
      'The output file has no line "var_out:", which names its columns. It was cut off, or its header is longer than 64 KiB.',
    )
  const columns = columnNames(variablesOut.exec(lines[at] ?? '')?.[1] ?? '')
  if (columns.length === 0) throw new FileError(`The line "var_out:" names no columns.`, at + 1)
  const { values, inputVariables } = readPairs(lines.slice(0, at))
  const { format, skipLines } = readBehind(lines, at)
  const byBareName = bareNames(values)
  const find = (name: RegExp) => [...byBareName].find(([key, text]) => name.test(key) && text !== '')?.[1]
  const quantity = find(/^(quan\w*tity|qty|menge|cantidad|quantite)$/)
  const transport = transportOf(find(/^transportkey(index|number|no)?$/), find(/^transportalg(orithm)?$/))
  const first = lines.slice(skipLines).find(line => line.trim() !== '' && !line.startsWith('*'))
  const mapping = mappingOf(columns, { delimiter: delimiterOf(first, columns.length), skipLines, format, index: transport.index })
  return {
    values,
    inputVariables,
    columns,
    mapping,
    ...(quantity && /^[0-9]{1,12}$/.test(quantity) ? { quantity: Number(quantity) } : {}),
    ...optional('customer', find(/^(customer|operator|mnoid)$/)),
    ...optional('type', find(/^(type|profiletype|profile)$/)),
    ...optional('batch', find(/^batch(no|number)?$/)),
    ...optional('transportIndex', mapping.transport?.index),
    ...(transport.algorithm ? { transportAlgorithm: transport.algorithm } : {}),
  }
}

/** Whether a record below the header is a row. @throws FileError when a second output file begins */
export function isOutRow({ line, cells, flaw }: TextRecord): boolean {
  const [first = ''] = cells
  if (first.startsWith('*')) return false
  if (/^\s*var_(out|in)/i.test(first) && !flaw)
    throw new FileError(`A second header begins at line ${line}: these are several output files in one. Upload them one by one.`, line)
  return true
}

const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, string>>

const bareNames = (values: Record<string, string>) =>
  new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase().replace(/[^a-z]/g, ''), value]))

function columnNames(text: string): string[] {
  const separator = ['/', ',', ';', '|'].find(character => text.includes(character)) ?? /\s+/
  const names = text.split(separator).map(name => name.trim())
  if (names[0] === '') names.shift()
  while (names.at(-1) === '') names.pop()
  return names
}

function readPairs(lines: readonly string[]): Pick<OutHeader, 'values' | 'inputVariables'> {
  const values: Record<string, string> = {}
  const inputVariables: Record<string, string> = {}
  let target = values
  let names: string[] = []
  for (const line of lines) {
    const title = section.exec(line)?.[1]?.toUpperCase()
    if (title) target = title.startsWith('INPUT') ? inputVariables : values
    if (title || line.trimStart().startsWith('*')) continue
    const [, name, value = ''] = pair.exec(line) ?? []
    if (name && /^var_in/i.test(name)) {
      target = inputVariables
      names = columnNames(value)
    } else if (name) target[name] = value
    else if (names.length && line.trim() !== '') {
      line.split(/[\s,;|]+/).forEach((text, index) => {
        const variable = names[index]
        if (variable) inputVariables[variable] = text
      })
      names = []
    }
  }
  return { values, inputVariables }
}

/** What stands between `var_out` and the first row: FORMAT_OUT, asterisks, a title. */
function readBehind(lines: readonly string[], at: number): { format?: string; skipLines: number } {
  let skipLines = at + 1
  let format: string | undefined
  for (let index = at + 1; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const found = /^\s*format_out\s*:\s*(.*)$/i.exec(line)
    if (!found && !line.trimStart().startsWith('*') && line.trim() !== '') break
    if (found) format = found[1]
    skipLines = index + 1
  }
  return { skipLines, ...(format ? { format } : {}) }
}

function transportOf(index: string | undefined, algorithm: string | undefined): { index?: string; algorithm?: TransportAlgorithm } {
  if (algorithm && /^no/i.test(algorithm)) return {}
  const known = algorithm && (/aes/i.test(algorithm) ? 'AES' : /des/i.test(algorithm) ? '3DES' : undefined)
  const bare = transportIndex(index ?? '')
  return { ...(bare === '' || bare === '0' || /^no/i.test(bare) ? {} : { index: bare }), ...(known ? { algorithm: known } : {}) }
}

// A caret in FORMAT_OUT marks an encrypted column; without that line K is encrypted, and what its column's name says.
function mappingOf(
  names: readonly string[],
  { delimiter, skipLines, format, index }: { delimiter: Delimiter; skipLines: number; format?: string; index?: string },
): CsvMapping {
  const marked = format?.split('/').flatMap(part => (part.includes('^') ? [part.split(/[+:^]/)[0]?.trim().toLowerCase() ?? ''] : []))
  const encrypted = new Set<TransportUse['fields'][number]>()
  const taken = new Set<string>()
  const columns = names.map((header): ColumnMapping => {
    const named = columnOfName(header)
    const { to = 'extra', keyVersion, keyId } = named?.column ?? {}
    const key = `${to}/${keyVersion}/${keyId}`
    if (!named || to === 'extra' || to === 'ignore' || taken.has(key)) return { header, to: 'extra' }
    taken.add(key)
    if (marked ? marked.includes(header.toLowerCase()) : named.encrypted || to === 'k' || to === 'tuakK') encrypted.add(to)
    return named.column
  })
  if (!taken.has('iccid/undefined/undefined') && !taken.has('imsi/undefined/undefined'))
    throw new FileError('The line "var_out:" names neither an ICCID nor an IMSI.')
  const isEncrypted = index !== undefined || columns.some(({ header }) => columnOfName(header ?? '')?.encrypted)
  return {
    delimiter,
    skipLines,
    hasHeader: false,
    columns,
    ...(isEncrypted && encrypted.size ? { transport: { index: index ?? '1', fields: [...encrypted] } } : {}),
  }
}

function delimiterOf(row: string | undefined, width: number): Delimiter {
  if (row === undefined || row.trim().split(/\s+/).length === width) return ' '
  const others: Delimiter[] = [',', ';', '|', '\t']
  return others.find(delimiter => new RecordScanner({ delimiter, newline: '\n' }).push(row, true)[0]?.cells.length === width) ?? ' '
}
