import { open, readFile, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { FormError } from '@/lib/form-error'
import { defaultMaxPackageBytes } from '@/lib/rsp/saip/read-package'
import type { PackageFile } from './import-packages'

const zipMagic = Buffer.from('PK\u0003\u0004')
const mostEntries = 1_000_000
const defaultMaxUnpackedBytes = 4 * 1024 ** 3
const damagedMember = 'This part of the ZIP file is damaged.'

const isZip = (head: Buffer): boolean => head.subarray(0, 4).equals(zipMagic) || head.subarray(0, 4).toString('latin1') === 'PK\u0005\u0006'

/**
 * The packages of an uploaded file on disk: the file itself, or the members of a ZIP, one in memory at a time.
 * @param name what the person called it
 * @param maxUnpackedBytes of all members together
 * @throws FormError when it is neither
 */
export async function* packagesFromUpload(
  path: string,
  name: string,
  { maxUnpackedBytes = defaultMaxUnpackedBytes }: { maxUnpackedBytes?: number } = {},
): AsyncIterable<PackageFile> {
  const { size } = await stat(path)
  if (size === 0) throw new FormError(`${name} is empty.`)
  const handle = await open(path)
  const head = Buffer.alloc(4)
  await handle.read(head, 0, 4, 0)
  await handle.close()
  if (isZip(head)) yield* zipMembers(path, name, maxUnpackedBytes)
  else if (size > defaultMaxPackageBytes)
    throw new FormError(`${name} is larger than a profile package can be. Upload a .der package or a .zip of them.`)
  else yield { name, bytes: await readFile(path) }
}

async function* zipMembers(path: string, name: string, maxUnpackedBytes: number): AsyncIterable<PackageFile> {
  const damaged = () => new FormError(`${name} is a damaged ZIP file.`)
  const zip = await yauzl.openPromise(path, { lazyEntries: true }).catch(() => {
    throw damaged()
  })
  try {
    if (zip.entryCount > mostEntries) throw new FormError(`${name} has more than ${mostEntries} members.`)
    let unpackedBytes = 0
    const entries = zip.eachEntry()[Symbol.asyncIterator]()
    for (;;) {
      const { value: entry, done } = await entries.next().catch(() => {
        throw damaged()
      })
      if (done) return
      if (entry.fileName.endsWith('/') || /(^|\/)(__MACOSX\/|\.)/.test(entry.fileName)) continue
      unpackedBytes += Math.min(entry.uncompressedSize, defaultMaxPackageBytes)
      if (unpackedBytes > maxUnpackedBytes)
        throw new FormError(`${name} holds too much to be unpacked at once. Split it and upload the parts.`)
      yield { name: entry.fileName, ...(await readMember(zip, entry)) }
    }
  } finally {
    zip.close()
  }
}

export async function readMember(zip: ZipFile, entry: Entry): Promise<{ bytes: Buffer; problem?: string }> {
  const none = Buffer.alloc(0)
  if (entry.isEncrypted()) return { bytes: none, problem: 'It is encrypted with a ZIP password.' }
  if (!entry.canDecodeFileData()) return { bytes: none, problem: 'It is packed in a way that cannot be read.' }
  if (entry.uncompressedSize > defaultMaxPackageBytes) return { bytes: none, problem: 'It is larger than a profile package can be.' }
  try {
    const parts: Buffer[] = []
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts)
    return crc32(bytes) === entry.crc32 ? { bytes } : { bytes: none, problem: damagedMember }
  } catch {
    return { bytes: none, problem: damagedMember }
  }
}
