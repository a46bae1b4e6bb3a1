import { createCipheriv } from 'node:crypto'
import { tlvHeader } from '../tlv'
import { cmac } from './cmac'
import type { BspKeys } from './key-agreement'

/** §2.5.3: a segment is at most 1020 octets, tag, length and MAC included. */
export const maxSegmentBytes = 1020
const macBytes = 8
const headerBytes = 4
/** Most data octets of a segment that is not encrypted. */
export const maxMacOnlyBytes = maxSegmentBytes - headerBytes - macBytes
/** Most plain octets of an encrypted segment: the padding takes at least one of 1008. */
export const maxEncryptedBytes = maxMacOnlyBytes - 1

/** Protects segments one after the other: the counter and the MAC chain run on from call to call (SGP.22 §2.6.4). */
export interface SegmentProtection {
  /** Encrypts and authenticates; `plain` is at most 1007 octets. */
  encrypted(tag: number, plain: Uint8Array): Buffer
  /** Authenticates only; `data` is at most 1008 octets. */
  macOnly(tag: number, data: Uint8Array): Buffer
}

/** ICVs are made this many at a time: one native call instead of one a segment. */
const icvBatch = 16

function initialVectors(sEnc: Buffer): (counter: number) => Buffer {
  let first = 0
  let batch = Buffer.alloc(0)
  return counter => {
    if (counter < first || counter >= first + batch.length / 16) {
      first = counter
      const counters = Buffer.alloc(16 * icvBatch)
      for (let i = 0; i < icvBatch; i++) counters.writeUInt32BE(counter + i, i * 16 + 12)
      const cipher = createCipheriv('aes-128-ecb', sEnc, null)
      cipher.setAutoPadding(false)
      batch = cipher.update(counters)
    }
    const at = (counter - first) * 16
    return batch.subarray(at, at + 16)
  }
}

/** Starts a chain: the counter is 1 at the first segment and goes up by one with every segment, encrypted or not. */
export function protectSegments(keys: BspKeys): SegmentProtection {
  const mac = cmac(keys.sMac)
  const icv = initialVectors(keys.sEnc)
  const cipher = createCipheriv('aes-128-cbc', keys.sEnc, Buffer.alloc(16))
  cipher.setAutoPadding(false)
  let lastBlock: Buffer = Buffer.alloc(16)
  let chainingValue = keys.initialMacChainingValue
  let counter = 1

  const seal = (tag: number, data: Uint8Array): Buffer => {
    const header = tlvHeader(tag, data.length + macBytes)
    chainingValue = mac(Buffer.concat([chainingValue, header, data]))
    counter++
    return Buffer.concat([header, data, chainingValue.subarray(0, macBytes)])
  }
  return {
    encrypted: (tag, plain) => {
      if (plain.length > maxEncryptedBytes) throw new RangeError('segment too long')
      const padded = Buffer.alloc((Math.floor(plain.length / 16) + 1) * 16)
      padded.set(plain)
      padded[plain.length] = 0x80
      const iv = icv(counter)
      for (let i = 0; i < 16; i++) padded[i] = (padded[i] ?? 0) ^ (iv[i] ?? 0) ^ (lastBlock[i] ?? 0)
      const encrypted = cipher.update(padded)
      lastBlock = encrypted.subarray(encrypted.length - 16)
      return seal(tag, encrypted)
    },
    macOnly: (tag, data) => {
      if (data.length > maxMacOnlyBytes) throw new RangeError('segment too long')
      return seal(tag, data)
    },
  }
}
