import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'

// Not yazl: for each file it looks through all before it, which is minutes at 200,000, and it keeps a thousand octets of each, lazily added or not.

/** A file of an archive. */
export interface ZipEntry {
  /** Plain ASCII, no folders */
  name: string
  /** What is given as a stream is compressed on its way, what is given whole only if asked for. */
  content: Buffer | AsyncIterable<Buffer>
  compress?: boolean
}

interface Written {
  crc: number
  compressedBytes: number
  bytes: number
}

const signatures = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
}
const version = { plain: 20, zip64: 45 }
const descriptorFollows = 8
const method = { stored: 0, deflated: 8 }
// A regular file that its owner may write and everybody read, for Unix
const madeByUnix = 3 << 8
const attributes = (0o100644 << 16) >>> 0
const most16 = 0xffff
const most32 = 0xffff_ffff

/** @param at in the time zone of this server, as the format has it; two seconds are its smallest step */
const dosTime = (at: Date): [time: number, date: number] => [
  (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1),
  (Math.max(0, at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate(),
]

/**
 * Writes a ZIP archive as fast as it is taken. Of what is written it keeps some 70 octets a file, so that an archive may be far larger than
 * memory; 4 GB is the most. @throws Error beyond that
 */
export async function* zipped(entries: AsyncIterable<ZipEntry>, modifiedAt: Date): AsyncGenerator<Buffer, void> {
  const [time, date] = dosTime(modifiedAt)
  const directory = new Directory()
  let offset = 0
  for await (const { name, content, compress = false } of entries) {
    const isWhole = Buffer.isBuffer(content)
    const flags = isWhole ? 0 : descriptorFollows
    const by = isWhole && !compress ? method.stored : method.deflated
    const start = offset
    let written: Written = { crc: 0, compressedBytes: 0, bytes: 0 }
    const local = (): Buffer => {
      const header = Buffer.alloc(30 + name.length)
      header.writeUInt32LE(signatures.local, 0)
      writeFacts(header, 4, { flags, by, time, date, ...written })
      header.writeUInt16LE(name.length, 26)
      header.write(name, 30, 'latin1')
      return header
    }
    if (isWhole) {
      const octets = compress ? deflateRawSync(content) : content
      written = { crc: crc32(content), compressedBytes: octets.length, bytes: content.length }
      const header = local()
      offset += header.length + octets.length
      yield header
      yield octets
    } else {
      const header = local()
      yield header
      written = yield* deflated(content)
      const descriptor = descriptorOf(written)
      offset += header.length + written.compressedBytes + descriptor.length
      yield descriptor
    }
    if (offset > most32) throw new Error('An archive of more than 4 GB is not written.')
    const entry = Buffer.alloc(46 + name.length)
    entry.writeUInt32LE(signatures.central, 0)
    entry.writeUInt16LE(madeByUnix | version.plain, 4)
    writeFacts(entry, 6, { flags, by, time, date, ...written })
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(attributes, 38)
    entry.writeUInt32LE(start, 42)
    entry.write(name, 46, 'latin1')
    directory.add(entry)
  }
  yield* directory.blocks()
  yield endOf(directory.entries, offset, directory.bytes)
}

/** Joins small entries as they come: by themselves they would take three times as much memory. */
class Directory {
  entries = 0
  bytes = 0
  private readonly joined: Buffer[] = []
  private loose: Buffer[] = []

  add(entry: Buffer): void {
    this.entries++
    this.bytes += entry.length
    this.loose.push(entry)
    if (this.loose.length === 1_000) this.join()
  }

  blocks(): readonly Buffer[] {
    this.join()
    return this.joined
  }

  private join(): void {
    this.joined.push(Buffer.concat(this.loose))
    this.loose = []
  }
}

/** The members that a local header and the directory share. */
function writeFacts(
  header: Buffer,
  at: number,
  { flags, by, time, date, crc, compressedBytes, bytes }: Written & { flags: number; by: number; time: number; date: number },
): void {
  for (const [i, value] of [version.plain, flags, by, time, date].entries()) header.writeUInt16LE(value, at + 2 * i)
  for (const [i, value] of [crc, compressedBytes, bytes].entries()) header.writeUInt32LE(value, at + 10 + 4 * i)
}

function descriptorOf({ crc, compressedBytes, bytes }: Written): Buffer {
  const descriptor = Buffer.alloc(16)
  for (const [i, value] of [signatures.descriptor, crc, compressedBytes, bytes].entries()) descriptor.writeUInt32LE(value, 4 * i)
  return descriptor
}

async function* deflated(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer, Written> {
  let crc = 0
  let bytes = 0
  let compressedBytes = 0
  const deflate = createDeflateRaw()
  const fed = (async () => {
    for await (const octets of content) {
      crc = crc32(octets, crc)
      bytes += octets.length
      if (!deflate.write(octets)) await new Promise(resolve => deflate.once('drain', resolve))
    }
    deflate.end()
  })()
  fed.catch((error: Error) => deflate.destroy(error))
  for await (const octets of deflate) {
    compressedBytes += octets.length
    yield octets
  }
  return { crc, compressedBytes, bytes }
}

/** The end of the directory, with the larger form before it when there are too many entries for the small one. */
function endOf(entries: number, directoryAt: number, directoryBytes: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(signatures.end, 0)
  end.writeUInt16LE(Math.min(entries, most16), 8)
  end.writeUInt16LE(Math.min(entries, most16), 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(directoryAt, 16)
  if (entries < most16) return end
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(signatures.end64, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeUInt16LE(madeByUnix | version.zip64, 12)
  end64.writeUInt16LE(version.zip64, 14)
  for (const [i, value] of [entries, entries, directoryBytes, directoryAt].entries()) end64.writeBigUInt64LE(BigInt(value), 24 + 8 * i)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(signatures.locator64, 0)
  locator.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end64, locator, end])
}
