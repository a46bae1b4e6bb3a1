import { crc32 } from 'node:zlib'
import type { Entry, ZipFile } from 'yauzl'
import { defaultMaxPackageBytes } from '@/lib/rsp/saip/read-package'

const damagedMember = 'This part of the ZIP file is damaged.'
const none = Buffer.alloc(0)

/** A member that may be a package, unpacked; one that cannot be is told with the reason and without octets. */
export async function readMember(zip: ZipFile, entry: Entry): Promise<{ bytes: Buffer; problem?: string }> {
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
