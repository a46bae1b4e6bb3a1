import { createCipheriv } from 'node:crypto'

const block = 16
const zeroIv = Buffer.alloc(block)

const double = (input: Buffer): Buffer => {
  const output = Buffer.alloc(block)
  for (let i = 0; i < block; i++) output[i] = ((input[i] ?? 0) << 1) | ((input[i + 1] ?? 0) >> 7)
  if ((input[0] ?? 0) & 0x80) output[block - 1] = (output[block - 1] ?? 0) ^ 0x87
  return output
}

const encryptBlocks = (key: Buffer, iv: Buffer, blocks: Buffer): Buffer => {
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  cipher.setAutoPadding(false)
  return cipher.update(blocks)
}

/** Octets that a message takes once it is padded. */
const paddedBytes = (bytes: number): number => Math.max(1, Math.ceil(bytes / block)) * block

const mixIn = (target: Buffer, at: number, source: Buffer): void => {
  for (let i = 0; i < block; i++) target[at + i] = (target[at + i] ?? 0) ^ (source[i] ?? 0)
}

/** Ends a message of `bytes` octets that stands at `from`: padding, and a subkey into its last block. */
function finish(blocks: Buffer, from: number, bytes: number, [k1, k2]: [Buffer, Buffer]): void {
  const end = from + paddedBytes(bytes)
  const whole = bytes > 0 && bytes % block === 0
  if (!whole) {
    blocks.fill(0, from + bytes, end)
    blocks[from + bytes] = 0x80
  }
  mixIn(blocks, end - block, whole ? k1 : k2)
}

function subkeys(key: Buffer): [Buffer, Buffer] {
  const k1 = double(encryptBlocks(key, zeroIv, zeroIv))
  return [k1, double(k1)]
}

/**
 * AES-128-CMAC (RFC 4493): the last block of an AES-CBC over the message whose last block is mixed with a subkey, so that a message costs
 * one native call.
 */
export function cmac(key: Buffer, message: Uint8Array): Buffer {
  const blocks = Buffer.allocUnsafe(paddedBytes(message.length))
  blocks.set(message)
  finish(blocks, 0, message.length, subkeys(key))
  return encryptBlocks(key, zeroIv, blocks).subarray(-block)
}

/**
 * CMACs of messages each of which begins with the CMAC before it, the first one with `first`; 16 octets each, in a row. In CBC the block
 * before is mixed in anyway, and it is that CMAC: with zeros in its place all messages make one run, and one native call.
 */
export function cmacChain(key: Buffer, first: Uint8Array, messages: readonly (readonly Uint8Array[])[]): Buffer {
  const keys = subkeys(key)
  const lengths = messages.map(parts => parts.reduce((sum, part) => sum + part.length, block))
  const blocks = Buffer.allocUnsafe(lengths.reduce((sum, bytes) => sum + paddedBytes(bytes), 0))
  let from = 0
  messages.forEach((parts, place) => {
    if (place === 0) blocks.set(first)
    else blocks.fill(0, from, from + block)
    let at = from + block
    for (const part of parts) {
      blocks.set(part, at)
      at += part.length
    }
    const bytes = lengths[place] ?? 0
    finish(blocks, from, bytes, keys)
    from += paddedBytes(bytes)
  })
  const encrypted = encryptBlocks(key, zeroIv, blocks)
  const macs = Buffer.allocUnsafe(messages.length * block)
  let end = 0
  lengths.forEach((bytes, place) => {
    end += paddedBytes(bytes)
    encrypted.copy(macs, place * block, end - block, end)
  })
  return macs
}
