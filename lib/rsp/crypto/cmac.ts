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

/**
 * AES-128-CMAC (RFC 4493) with the subkeys of one key worked out once.
 * The MAC is the last block of an AES-CBC over the message whose last block is mixed with a subkey,
 * so a message costs one native cipher.
 */
export function cmac(key: Buffer): (message: Uint8Array) => Buffer {
  const k1 = double(encryptBlocks(key, zeroIv, zeroIv))
  const k2 = double(k1)
  const cipher = createCipheriv('aes-128-cbc', key, zeroIv)
  cipher.setAutoPadding(false)
  let last16: Buffer = zeroIv
  return message => {
    const whole = message.length > 0 && message.length % block === 0
    const padded = Buffer.alloc(whole ? message.length : (Math.floor(message.length / block) + 1) * block)
    padded.set(message)
    if (!whole) padded[message.length] = 0x80
    const last = padded.length - block
    const subkey = whole ? k1 : k2
    for (let i = 0; i < block; i++) padded[last + i] = (padded[last + i] ?? 0) ^ (subkey[i] ?? 0)
    for (let i = 0; i < block; i++) padded[i] = (padded[i] ?? 0) ^ (last16[i] ?? 0)
    last16 = cipher.update(padded).subarray(last)
    return last16
  }
}
