import { Readable } from 'node:stream'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { type ByteSource, type ByteStream, chunksOf } from './byte-source'
import { FileError } from './file-error'

/** What a ZIP file may be at most. */
export interface ZipLimits {
  members: number
  /** What the members may unpack to in all: so many times the file's own size, but always `freeBytes`. */
  ratio: number
  freeBytes: number
}

export const zipLimits: ZipLimits = { members: 2_000_000, ratio: 60, freeBytes: 67_108_864 }

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    super()
    this.#source = source
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksOf(this.#source, start, end), { objectMode: false })
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    this.#source.read(buffer.subarray(offset, offset + length), position).then(
      count => callback(count < length ? new Error('unexpected end') : null),
      (error: Error) => callback(error),
    )
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null)
  }
}

const damaged = 'The ZIP file is damaged or was cut off.'

/** Opens a ZIP file; the source stays the caller's to close. @throws FileError */
export async function openZip(source: ByteSource): Promise<ZipFile> {
  try {
    return await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size)
  } catch (error) {
    throw zipError(error)
  }
}

/** The members that are files, with their places in the directory, counted from 1. @throws FileError */
export async function* zipEntries(source: ByteSource): AsyncGenerator<{ entry: Entry; place: number; zip: ZipFile }, void> {
  const zip = await openZip(source)
  const entries = zip.eachEntry()[Symbol.asyncIterator]()
  for (let place = 1; ; place++) {
    let next: IteratorResult<Entry>
    try {
      next = await entries.next()
    } catch (error) {
      throw zipError(error)
    }
    if (next.done) return
    const { fileName } = next.value
    if (!fileName.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(fileName)) yield { entry: next.value, place, zip }
  }
}

/** A member unpacked piece by piece. @throws FileError when it is damaged */
export function memberStream(source: ByteSource, wanted: Entry): ByteStream {
  return {
    size: wanted.uncompressedSize,
    async *chunks() {
      const zip = await openZip(source)
      try {
        for await (const chunk of await zip.openReadStreamPromise(wanted)) yield chunk as Buffer
      } catch {
        throw new FileError(`"${wanted.fileName}" in the ZIP file is damaged.`)
      }
    },
  }
}

function zipError(error: unknown): FileError {
  if (error instanceof FileError) return error
  const text = error instanceof Error ? error.message : ''
  if (/relative path|absolute path|invalid characters/.test(text))
    return new FileError('A member of the ZIP file has a name that points out of its folder. Such a file is not read at all.')
  if (/multi-disk/.test(text)) return new FileError('This is one part of a ZIP file that was divided. Put the parts together first.')
  return new FileError(damaged)
}
