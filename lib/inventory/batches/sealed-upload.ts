import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { Vault } from '@/lib/vault/vault'
import type { ByteSource } from '../formats/byte-source'
import { FileError } from '../formats/file-error'

/*
 * An upload on disk: a header of 512 octets (magic, length of the sealed key, sealed key, zeros), then blocks of 64 KiB, each AES-256-GCM under a key
 * of the file's own. A block's nonce is its number and its additional data say whether it is the last one, so that none can be changed, moved or cut off.
 */
const magic = Buffer.from('SLIPUP01')
const headerBytes = 512
const blockBytes = 65_536
const tagBytes = 16
const sealedBlockBytes = blockBytes + tagBytes
const algorithm = 'aes-256-gcm'

const nonceOf = (block: number): Buffer => {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(block, 6, 6)
  return nonce
}
const place = (last: boolean): Buffer => Buffer.of(last ? 1 : 0)

const identityOf = (file: string): string => `upload:${file}`

function sealBlock(key: Buffer, block: number, octets: Uint8Array, last: boolean): Buffer {
  const cipher = createCipheriv(algorithm, key, nonceOf(block)).setAAD(place(last))
  return Buffer.concat([cipher.update(octets), cipher.final(), cipher.getAuthTag()])
}

/** An upload that is on disk and cannot be opened yet by anybody but its holder. */
export interface KeptUpload {
  /** Of the octets that came. */
  bytes: number
  /** To read it, as long as it is not closed. */
  source: ByteSource
  /** Writes the key into the file, sealed by the vault: from here on whoever has the vault can open it. */
  sealKey(vault: Vault, file: string, dataKeyId: number): Promise<void>
  /** Forgets the key. */
  close(): Promise<void>
}

/**
 * Puts octets on disk as they come, encrypted under a key that only this process' memory knows until `sealKey`.
 * @param path of a file that is not there yet
 * @param onBytes is told how many octets have come
 */
export async function keepUpload(path: string, octets: AsyncIterable<Uint8Array>, onBytes?: (bytes: number) => void): Promise<KeptUpload> {
  const handle = await open(path, 'wx+', 0o600)
  const key = randomBytes(32)
  const close = async () => {
    key.fill(0)
    await handle.close()
  }
  try {
    await handle.write(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    const bytes = await writeBlocks(handle, key, octets, onBytes)
    return {
      bytes,
      source: { ...sourceOf(handle, key, bytes), close: async () => undefined },
      sealKey: async (vault, file, dataKeyId) => {
        const sealed = vault.seal(key, identityOf(file), dataKeyId)
        const header = Buffer.alloc(headerBytes)
        magic.copy(header)
        header.writeUInt16BE(sealed.length, magic.length)
        sealed.copy(header, magic.length + 2)
        await handle.write(header, 0, headerBytes, 0)
        await handle.sync()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function writeBlocks(
  handle: FileHandle,
  key: Buffer,
  octets: AsyncIterable<Uint8Array>,
  onBytes?: (bytes: number) => void,
): Promise<number> {
  const block = Buffer.allocUnsafeSlow(blockBytes)
  let filled = 0
  let number = 0
  let bytes = 0
  const flush = async (last: boolean) => {
    const sealed = sealBlock(key, number, block.subarray(0, filled), last)
    await handle.write(sealed, 0, sealed.length, headerBytes + number * sealedBlockBytes)
    number++
    filled = 0
  }
  for await (const chunk of octets) {
    for (let at = 0; at < chunk.length; ) {
      // A full block is kept back: only what follows tells whether it is the last one.
      if (filled === blockBytes) await flush(false)
      const count = Math.min(blockBytes - filled, chunk.length - at)
      block.set(chunk.subarray(at, at + count), filled)
      filled += count
      at += count
    }
    bytes += chunk.length
    onBytes?.(bytes)
  }
  if (filled > 0) await flush(true)
  block.fill(0)
  return bytes
}

const damaged = 'The uploaded file does not open: it was changed on the disk of the server, or cut off. Upload it again.'
const gone = 'The uploaded file is not in the data folder of this server any more. Upload it again.'

/**
 * Opens an upload that was sealed; the caller closes it.
 * @param path of the file
 * @param file its name, as it was sealed under
 * @throws FileError when it is gone or damaged
 */
export async function openSealedUpload(path: string, file: string, vault: Vault): Promise<ByteSource> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new FileError(gone) : error
  })
  try {
    const header = Buffer.alloc(headerBytes)
    const { bytesRead } = await handle.read(header, 0, headerBytes, 0)
    const length = header.readUInt16BE(magic.length)
    if (bytesRead < headerBytes || !header.subarray(0, magic.length).equals(magic) || length > headerBytes - magic.length - 2)
      throw new FileError(damaged)
    const sealed = header.subarray(magic.length + 2, magic.length + 2 + length)
    await vault.load(sealed)
    const key = vault.open(sealed, identityOf(file))
    const { size } = await handle.stat()
    const blocks = Math.ceil((size - headerBytes) / sealedBlockBytes)
    const source = sourceOf(handle, key, size - headerBytes - blocks * tagBytes)
    return {
      ...source,
      close: async () => {
        key.fill(0)
        await handle.close()
      },
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function sourceOf(handle: FileHandle, key: Buffer, size: number): Omit<ByteSource, 'close'> {
  const blocks = Math.ceil(size / blockBytes)
  let cached: { number: number; octets: Promise<Buffer> } | undefined

  const readBlock = async (number: number): Promise<Buffer> => {
    const last = number === blocks - 1
    const sealed = Buffer.allocUnsafe((last ? size - number * blockBytes : blockBytes) + tagBytes)
    const { bytesRead } = await handle.read(sealed, 0, sealed.length, headerBytes + number * sealedBlockBytes)
    if (bytesRead < sealed.length) throw new FileError(damaged)
    const decipher = createDecipheriv(algorithm, key, nonceOf(number)).setAAD(place(last)).setAuthTag(sealed.subarray(-tagBytes))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
    } catch {
      throw new FileError(damaged)
    }
  }
  // Readers of ZIP files come back to the same block again and again.
  const block = (number: number): Promise<Buffer> => {
    if (cached?.number !== number) cached = { number, octets: readBlock(number) }
    return cached.octets
  }

  return {
    size,
    async read(into, position) {
      const end = Math.min(position + into.length, size)
      let at = Math.min(position, size)
      while (at < end) {
        const octets = await block(Math.floor(at / blockBytes))
        at += octets.copy(into, at - position, at % blockBytes, (at % blockBytes) + end - at)
      }
      return at - Math.min(position, size)
    },
  }
}
