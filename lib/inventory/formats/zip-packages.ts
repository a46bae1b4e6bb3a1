import type { Entry } from 'yauzl'
import { PackageError } from '@/lib/rsp/saip/elements'
import { defaultMaxPackageBytes, readPackage } from '@/lib/rsp/saip/read-package'
import { type ByteSource, type ByteStream, headOf } from './byte-source'
import { type Detected, detectFile } from './detect'
import { FileError } from './file-error'
import type { BatchRow } from './row'
import { addProblem } from './row-builder'
import { openRowSpool } from './row-spool'
import { openTable, type Table } from './table'
import { readMember } from './zip-member'
import { memberStream, type ZipLimits, zipEntries, zipLimits } from './zip-source'

type TextDetected = Extract<Detected, { head: string }>

/** What is in a ZIP file, by its directory and the beginnings of its members. */
export interface ZipContents {
  /** Members that are packages, or pretend to be. */
  packages: number
  /** The one member that is a table: values of the packages' subscribers, or the whole upload. */
  table?: { name: string; stream: ByteStream; detected: TextDetected }
}

const tableName = /\.(csv|tsv|out)$/i
const packageName = /\.(der|upp|bin)$/i

/**
 * Looks through a ZIP file without unpacking more than beginnings. What it will unpack to is bounded here: later readers stop at the sizes of the directory.
 * @throws FileError when it is damaged, empty, encrypted as a whole, too large for its size, has two tables or names that lead out of its folder
 */
export async function readZipContents(source: ByteSource, limits: ZipLimits = zipLimits): Promise<ZipContents> {
  const maxBytes = Math.max(limits.freeBytes, source.size * limits.ratio)
  let members = 0
  let encrypted = 0
  let bytes = 0
  let table: ZipContents['table']
  for await (const { entry } of zipEntries(source)) {
    if (++members > limits.members) throw new FileError(`The ZIP file has more than ${limits.members} members.`)
    if (/^xl\/workbook\.xml$/.test(entry.fileName))
      throw new FileError('This is an Excel workbook (.xlsx). Save the table as CSV, with the columns as text, and upload that.')
    if (entry.isEncrypted()) encrypted++
    // Members that call themselves packages and are larger than one can be are never unpacked.
    const isPackage = packageName.test(entry.fileName)
    const isLarge = entry.uncompressedSize > defaultMaxPackageBytes
    if (!isPackage || !isLarge) bytes += entry.uncompressedSize
    if (bytes > maxBytes)
      throw new FileError(
        `The ZIP file is not unpacked: it says that its ${source.size} octets hold more than ${maxBytes}, as no honest file does.`,
      )
    const found = entry.isEncrypted() || (isPackage && !isLarge) ? undefined : await tableIn(source, entry)
    if (!found) continue
    if (table) throw new FileError(`The ZIP file has two tables, "${table.name}" and "${entry.fileName}". Upload them one by one.`)
    table = { name: entry.fileName, ...found }
  }
  if (members === 0) throw new FileError('The ZIP file is empty.')
  if (encrypted === members)
    throw new FileError('The ZIP file is protected by a password. Pack it without one, or encrypt it to the PGP key shown here.')
  return { packages: members - (table ? 1 : 0), ...(table ? { table } : {}) }
}

async function tableIn(source: ByteSource, entry: Entry): Promise<{ stream: ByteStream; detected: TextDetected } | undefined> {
  if (!entry.canDecodeFileData()) return undefined
  const stream = memberStream(source, entry)
  try {
    const detected = detectFile(await headOf(stream), stream.size)
    if (!('head' in detected)) return undefined
    // What does not call itself a table has to look like one: a note to the reader is text too.
    if (!tableName.test(entry.fileName)) openTable(stream, detected)
    return { stream, detected }
  } catch (error) {
    if (!(error instanceof FileError) || tableName.test(entry.fileName)) throw error
    return undefined
  }
}

/**
 * A row for each package of a ZIP file, read for its own ICCID, one in memory at a time; together with the row of the same ICCID where there is a table.
 * Members that are no package are rows with a problem. Rows of the table without a package come last.
 * @param folder where the table is set aside, encrypted
 * @throws FileError when the ZIP file or the table cannot be read to the end
 */
export async function* zipRows(
  source: ByteSource,
  contents: ZipContents,
  { table, folder }: { table?: Table; folder: string },
): AsyncGenerator<BatchRow, void> {
  const rest = table ? await openRowSpool(folder) : undefined
  // A line stands for one row: members without a row are counted on behind the table.
  let lastLine = 0
  try {
    if (table && rest)
      for await (const rows of table.batches())
        for (const row of rows) {
          await rest.add(row)
          lastLine = Math.max(lastLine, row.line)
        }
    for await (const { entry, place, zip } of zipEntries(source)) {
      if (entry.fileName === contents.table?.name) continue
      const { bytes, problem } = await readMember(zip, entry)
      const read = packageRow(bytes, { line: lastLine + place, member: entry.fileName, ...(problem ? { problem } : {}) })
      const { iccid } = read
      if (!rest || iccid === undefined) {
        yield read
        continue
      }
      const row = await rest.take(iccid)
      if (row) yield { ...row, member: read.member, package: read.package, packageInfo: read.packageInfo } as BatchRow
      else {
        addProblem(read, { kind: 'no-row', field: 'iccid', sentence: `The table has no row for the ICCID of "${entry.fileName}".` })
        yield read
      }
    }
    if (!rest) return
    for await (const row of rest.left()) {
      addProblem(row, { kind: 'no-package', field: 'iccid', sentence: `The ZIP file has no package for line ${row.line} of the table.` })
      yield row
    }
  } finally {
    await rest?.close()
  }
}

/** The row of one package. Whatever is wrong with it is its problem. */
export function packageRow(bytes: Buffer, { line, member, problem }: { line: number; member?: string; problem?: string }): BatchRow {
  const row: BatchRow = { line, ...(member === undefined ? {} : { member }) }
  const name = member === undefined ? 'The package' : `"${member}"`
  try {
    if (problem) throw new PackageError(problem)
    const packageInfo = readPackage(bytes)
    return { ...row, iccid: packageInfo.iccid, package: bytes, packageInfo }
  } catch (error) {
    if (!(error instanceof PackageError)) throw error
    return { ...row, problems: [{ kind: 'package', sentence: `${name} cannot be taken: ${whatElse(bytes) ?? error.message}` }] }
  }
}

function whatElse(bytes: Buffer): string | undefined {
  if (bytes.subarray(0, 2).equals(Buffer.from('PK'))) return 'It is a ZIP file within the ZIP file. Unpack it first.'
  return /^-----BEGIN PGP/.test(bytes.toString('latin1', 0, 40))
    ? 'It is a PGP message within the ZIP file. Encrypt the ZIP file as a whole.'
    : undefined
}
