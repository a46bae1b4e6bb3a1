import { open } from 'node:fs/promises'

/** Octets that can be read at any place: a file, or a spool. */
export interface ByteSource {
  readonly size: number
  /** Fills `into` with what stands at `position`. @returns how many octets there were */
  read(into: Buffer, position: number): Promise<number>
  close(): Promise<void>
}

/** Octets that can only be read from the start, as often as wanted. */
export interface ByteStream {
  readonly size: number
  chunks(): AsyncIterable<Buffer>
}

const chunkBytes = 262_144

/** A file on disk; the caller closes it. */
export async function openFile(path: string): Promise<ByteSource> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return {
      size,
      read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The octets from `start` to `end`, each chunk in a buffer of its own. */
export async function* chunksOf(source: ByteSource, start = 0, end = source.size): AsyncGenerator<Buffer, void> {
  for (let at = start; at < end; ) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - at))
    const count = await source.read(chunk, at)
    if (count === 0) return
    at += count
    yield chunk.subarray(0, count)
  }
}

export const streamOf = (source: ByteSource): ByteStream => ({ size: source.size, chunks: () => chunksOf(source) })

/** The first octets, `length` of them unless there are fewer. */
export async function headOf(stream: ByteStream, length = 65_536): Promise<Buffer> {
  const parts: Buffer[] = []
  let count = 0
  for await (const chunk of stream.chunks()) {
    parts.push(chunk)
    count += chunk.length
    if (count >= length) break
  }
  return Buffer.concat(parts).subarray(0, length)
}
