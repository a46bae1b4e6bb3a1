import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { ByteSource } from './byte-source'

const algorithm = 'aes-256-ctr'
const blockBytes = 16
const bufferBytes = 262_144

/** A place for octets that are too many for memory and too secret for a disk. */
export interface SealedSpool extends ByteSource {
  append(octets: Uint8Array): Promise<void>
}

/**
 * Opens an empty spool. What is appended is encrypted under a key that only this process' memory knows, in a file that has lost its name
 * already: nothing of it outlives the process, however it ends.
 * @param folder on the disk that shall hold it
 */
export async function openSpool(folder: string): Promise<SealedSpool> {
  const path = join(folder, `.spool-${randomBytes(12).toString('hex')}`)
  const handle = await open(path, 'wx+', 0o600)
  await unlink(path)
  const key = randomBytes(32)
  const nonce = randomBytes(8)
  const cipher = createCipheriv(algorithm, key, counterAt(nonce, 0))
  let written = 0
  let waiting: Buffer[] = []
  let waitingBytes = 0

  const flush = async () => {
    if (waitingBytes === 0) return
    const octets = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    for (let at = 0; at < octets.length; ) {
      const { bytesWritten } = await handle.write(octets, at, octets.length - at, written)
      at += bytesWritten
      written += bytesWritten
    }
  }

  return {
    get size() {
      return written + waitingBytes
    },
    async append(octets) {
      waiting.push(cipher.update(octets))
      waitingBytes += octets.length
      if (waitingBytes >= bufferBytes) await flush()
    },
    async read(into, position) {
      await flush()
      const skipped = position % blockBytes
      const sealed = Buffer.allocUnsafe(into.length + skipped)
      const { bytesRead } = await handle.read(sealed, 0, sealed.length, position - skipped)
      const plain = createDecipheriv(algorithm, key, counterAt(nonce, (position - skipped) / blockBytes)).update(
        sealed.subarray(0, bytesRead),
      )
      return plain.copy(into, 0, skipped)
    },
    async close() {
      key.fill(0)
      await handle.close()
    },
  }
}

function counterAt(nonce: Buffer, block: number): Buffer {
  const counter = Buffer.alloc(blockBytes)
  nonce.copy(counter)
  counter.writeBigUInt64BE(BigInt(block), 8)
  return counter
}
