import { createCipheriv } from 'node:crypto'

/** AES-128-CMAC (RFC 4493), 16 octets. */
export function aesCmac(key: Uint8Array, message: Uint8Array): Buffer {
  const zero = encryptBlocks(key, Buffer.alloc(16))
  const subkey1 = doubled(zero)
  const whole = message.length > 0 && message.length % 16 === 0
  const blocks = Buffer.alloc(Math.max(1, Math.ceil(message.length / 16)) * 16)
  blocks.set(message)
  if (!whole) blocks[message.length] = 0x80
  const mask = whole ? subkey1 : doubled(subkey1)
  const last = blocks.length - 16
  for (let i = 0; i < 16; i++) blocks[last + i] = (blocks[last + i] ?? 0) ^ (mask[i] ?? 0)
  return encryptBlocks(key, blocks).subarray(-16)
}

const encryptBlocks = (key: Uint8Array, blocks: Buffer): Buffer =>
  createCipheriv('aes-128-cbc', key, Buffer.alloc(16)).setAutoPadding(false).update(blocks)

function doubled(block: Buffer): Buffer {
  const result = Buffer.alloc(16)
  for (let i = 0; i < 16; i++) result[i] = (((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >> 7)) & 0xff
  if ((block[0] ?? 0) & 0x80) result[15] = (result[15] ?? 0) ^ 0x87
  return result
}
