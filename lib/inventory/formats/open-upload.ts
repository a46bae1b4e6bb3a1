import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { defaultMaxPackageBytes } from '@/lib/rsp/saip/read-package'
import { type ByteSource, chunksOf, headOf, openFile, streamOf } from './byte-source'
import { type Detected, detectFile } from './detect'
import { FileError } from './file-error'
import type { GuessedColumn, TableLayout } from './guess-mapping'
import type { CsvMapping } from './mapping'
import type { OutHeader } from './out-file'
import type { BatchRow } from './row'
import { openSpool, type SealedSpool } from './sealed-spool'
import { openTable, type Table } from './table'
import type { Encoding } from './text-records'
import type { TransportKeyLookup } from './transport-key'
import { packageRow, readZipContents, type ZipContents, zipRows } from './zip-packages'

export interface UploadOptions {
  /** How to read the table; guessed when left out, or taken from the file's own header. */
  mapping?: CsvMapping
  /** With no mapping: what of it need not be guessed */
  layout?: TableLayout
  transportKey?: TransportKeyLookup
  /** Armoured, without passphrase. */
  pgpPrivateKey?: string
  /** A table that belongs to a ZIP file of packages and lies beside it; a source is closed with the upload. */
  beside?: string | ByteSource
  /** Where what has to be set aside is kept, encrypted and without a name; the folder of the file when left out, for a source that of the system. */
  spoolFolder?: string
  signal?: AbortSignal
}

/** What the file says of itself, and what was found out about it. */
export interface UploadFacts {
  /** Of the file as it was uploaded. */
  bytes: number
  pgp: boolean
  /** Of what was in the PGP message. */
  plainBytes?: number
  encoding?: Encoding
  /** Of a vendor's output file. */
  header?: Omit<OutHeader, 'mapping' | 'columns'>
  /** Rows that the file declares. */
  declared?: number
  /** Rows that it has; there once `rows` or `batches` has come to the end. */
  found?: number
  /** Members of a ZIP file. */
  packages?: number
  table?: string
}

/** An uploaded file, opened. The caller closes it. */
export interface Upload {
  format: 'csv' | 'out' | 'zip' | 'der'
  facts: UploadFacts
  /** Of the table, if there is one. */
  mapping?: CsvMapping
  /** The guess, for a person to check; none when a mapping was given. */
  columns?: GuessedColumn[]
  /** The first rows; with secrets like all rows, but without what a transport key encrypts, and without packages of a ZIP file. */
  sample: BatchRow[]
  /** All rows, as often as wanted. @throws FileError */
  rows(): AsyncGenerator<BatchRow, void>
  /** The same, some hundreds at once: a tenth faster. @throws FileError */
  batches(): AsyncGenerator<BatchRow[], void>
  /** How much of the table has been read by the last reader, 0 to 1. */
  progress(): number
  close(): Promise<void>
}

const sampleRows = 20
// Text packs to a tenth, rows of one and the same text to less; a thousandth is a bomb.
const maxPgpRatio = 60
const freePgpBytes = 67_108_864

/**
 * Opens an uploaded file of whatever format. A PGP message is decrypted and verified as a whole before anything of it is read.
 * @param file its path on disk, or its octets from anywhere else: such a source is closed with the upload
 * @throws FileError when it is nothing that can be read; other errors are those of the disk
 */
export async function openUpload(file: string | ByteSource, options: UploadOptions = {}): Promise<Upload> {
  const open: ByteSource[] = typeof options.beside === 'object' ? [options.beside] : []
  const close = async () => {
    for (const source of open.splice(0)) await source.close()
  }
  try {
    const folder = options.spoolFolder ?? (typeof file === 'string' ? dirname(file) : tmpdir())
    const opened = await openSource(file, { ...options, spoolFolder: folder }, open)
    const upload = await openContents(opened, folder, options, open)
    return { ...upload, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface OpenedSource {
  source: ByteSource
  detected: Detected
  facts: UploadFacts
}

async function openSource(
  from: string | ByteSource,
  options: UploadOptions & { spoolFolder: string },
  open: ByteSource[],
): Promise<OpenedSource> {
  const file = typeof from === 'string' ? await openFile(from) : from
  if (!open.includes(file)) open.push(file)
  const detected = detectFile(await headOf(streamOf(file)), file.size)
  const facts: UploadFacts = { bytes: file.size, pgp: detected.format === 'pgp' }
  if (detected.format !== 'pgp') return { source: file, detected, facts }
  if (!options.pgpPrivateKey)
    throw new FileError('The file is a PGP message, and there is no PGP key to read it. Make one and give its public half to the vendor.')
  const spool = await openSpool(options.spoolFolder)
  open.push(spool)
  await decryptInto(spool, file, {
    privateKey: options.pgpPrivateKey,
    armoured: detected.armoured,
    ...(options.signal ? { signal: options.signal } : {}),
  })
  const inner = detectFile(await headOf(streamOf(spool)), spool.size)
  if (inner.format === 'pgp') throw new FileError('The PGP message holds another PGP message. Encrypt the file once.')
  return { source: spool, detected: inner, facts: { ...facts, plainBytes: spool.size } }
}

async function decryptInto(
  spool: SealedSpool,
  file: ByteSource,
  { signal, ...key }: { privateKey: string; armoured: boolean; signal?: AbortSignal },
): Promise<void> {
  const { decryptPgp } = await import('./pgp')
  const maxBytes = Math.max(freePgpBytes, file.size * maxPgpRatio)
  for await (const chunk of decryptPgp(chunksOf(file), { ...key, maxBytes })) {
    signal?.throwIfAborted()
    await spool.append(chunk)
  }
}

async function openContents(
  file: OpenedSource,
  folder: string,
  options: UploadOptions,
  open: ByteSource[],
): Promise<Omit<Upload, 'close'>> {
  const { source, detected, facts } = file
  if (detected.format === 'der') {
    if (source.size > defaultMaxPackageBytes) throw new FileError('The file is larger than a profile package can be.')
    const bytes = Buffer.alloc(source.size)
    await source.read(bytes, 0)
    return reader('der', facts, [packageRow(bytes, { line: 1 })], async function* () {
      yield [packageRow(bytes, { line: 1 })]
    })
  }
  if (detected.format === 'zip') return openZipUpload(source, facts, folder, options, open)
  if (detected.format === 'pgp') throw new FileError('The file is a PGP message.')
  return tableReader(openTable(streamOf(source), detected, options), { ...facts, encoding: detected.encoding }, source.size)
}

async function openZipUpload(
  source: ByteSource,
  facts: UploadFacts,
  folder: string,
  options: UploadOptions,
  open: ByteSource[],
): Promise<Omit<Upload, 'close'>> {
  const contents = await readZipContents(source)
  const table = await tableBeside(contents, folder, options, open)
  const all: UploadFacts = { ...facts, packages: contents.packages, ...(contents.table ? { table: contents.table.name } : {}) }
  if (!table) return reader('zip', all, [], () => inBatches(zipRows(source, contents, { folder })))
  if (contents.packages === 0) return { ...(await tableReader(table, all, contents.table?.stream.size ?? 0)), format: 'zip' }
  return {
    ...reader('zip', { ...all, ...tableFacts(table) }, await sampleOf(table), () =>
      inBatches(zipRows(source, contents, { table, folder })),
    ),
    ...shownMapping(table),
  }
}

async function tableBeside(contents: ZipContents, folder: string, options: UploadOptions, open: ByteSource[]): Promise<Table | undefined> {
  if (!options.beside) return contents.table ? openTable(contents.table.stream, contents.table.detected, options) : undefined
  if (contents.table)
    throw new FileError(`There are two tables, "${contents.table.name}" in the ZIP file and one beside it. One is enough.`)
  const { source, detected } = await openSource(options.beside, { ...options, spoolFolder: folder }, open)
  if (!('head' in detected)) throw new FileError('The file beside the ZIP file is no table.')
  return openTable(streamOf(source), detected, options)
}

const tableFacts = ({ header }: Table): Partial<UploadFacts> => {
  if (!header) return {}
  const { mapping: _mapping, columns: _columns, ...rest } = header
  return { header: rest, ...(header.quantity === undefined ? {} : { declared: header.quantity }) }
}

const shownMapping = ({ mapping, columns }: Table) => ({ mapping, ...(columns ? { columns } : {}) })

async function tableReader(table: Table, facts: UploadFacts, size: number): Promise<Omit<Upload, 'close'>> {
  let bytes = 0
  const sample = await sampleOf(table)
  const batches = () => {
    bytes = 0
    return table.batches(count => {
      bytes = count
    })
  }
  return {
    ...reader(table.format, { ...facts, ...tableFacts(table) }, sample, batches),
    ...shownMapping(table),
    progress: () => (size ? Math.min(1, bytes / size) : 0),
  }
}

async function sampleOf(table: Table): Promise<BatchRow[]> {
  const rows: BatchRow[] = []
  for await (const batch of table.sampleBatches()) {
    rows.push(...batch.slice(0, sampleRows - rows.length))
    if (rows.length >= sampleRows) break
  }
  return rows
}

function reader(
  format: Upload['format'],
  facts: UploadFacts,
  sample: BatchRow[],
  source: () => AsyncGenerator<BatchRow[], void>,
): Omit<Upload, 'close'> {
  let found = 0
  async function* batches(): AsyncGenerator<BatchRow[], void> {
    found = 0
    delete facts.found
    for await (const rows of source()) {
      found += rows.length
      yield rows
    }
    facts.found = found
  }
  async function* rows(): AsyncGenerator<BatchRow, void> {
    for await (const batch of batches()) yield* batch
  }
  const total = facts.packages
  return { format, facts, sample, batches, rows, progress: () => (total ? Math.min(1, found / total) : 0) }
}

const maxBatchBytes = 4_194_304

async function* inBatches(rows: AsyncGenerator<BatchRow, void>): AsyncGenerator<BatchRow[], void> {
  let batch: BatchRow[] = []
  let bytes = 0
  for await (const row of rows) {
    batch.push(row)
    bytes += 500 + (row.package?.length ?? 0)
    if (bytes < maxBatchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length) yield batch
}
