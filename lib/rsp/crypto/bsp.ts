import { createCipheriv } from 'node:crypto'
import { tlvHeader } from '../tlv'
import { cmacChain } from './cmac'
import type { BspKeys } from './key-agreement'

/** §2.5.3: a segment is at most 1020 octets, tag, length and MAC included. */
export const maxSegmentBytes = 1020
const macBytes = 8
const headerBytes = 4
const blockBytes = 16
/** Most data octets of a segment that is not encrypted. */
export const maxMacOnlyBytes = maxSegmentBytes - headerBytes - macBytes
/** Most plain octets of an encrypted segment: the padding takes at least one of 1008. */
export const maxEncryptedBytes = maxMacOnlyBytes - 1

/** What a segment is to carry: at most 1007 octets to be encrypted and authenticated, or 1008 to be authenticated only. */
export interface PlainSegment {
  tag: number
  data: Uint8Array
  encrypt: boolean
}

/** ICVs of the counters from 1 on: one native call for all of them. */
function initialVectors(sEnc: Buffer, count: number): Buffer {
  const counters = Buffer.alloc(blockBytes * count)
  for (let i = 0; i < count; i++) counters.writeUInt32BE(i + 1, (i + 1) * blockBytes - 4)
  const cipher = createCipheriv('aes-128-ecb', sEnc, null)
  cipher.setAutoPadding(false)
  return cipher.update(counters)
}

/** Encrypts segments one after the other with one cipher: what CBC would mix in of the one before is mixed in beforehand, which takes it out. */
function segmentCipher(sEnc: Buffer, segments: number): (place: number, plain: Uint8Array) => Buffer {
  const vectors = initialVectors(sEnc, segments)
  const cipher = createCipheriv('aes-128-cbc', sEnc, Buffer.alloc(blockBytes))
  cipher.setAutoPadding(false)
  let lastBlock: Buffer = Buffer.alloc(blockBytes)
  return (place, plain) => {
    const padded = Buffer.allocUnsafe(paddedBytes(plain.length))
    padded.set(plain)
    padded.fill(0, plain.length)
    padded[plain.length] = 0x80
    for (let i = 0; i < blockBytes; i++) padded[i] = (padded[i] ?? 0) ^ (vectors[place * blockBytes + i] ?? 0) ^ (lastBlock[i] ?? 0)
    const encrypted = cipher.update(padded)
    lastBlock = encrypted.subarray(encrypted.length - blockBytes)
    return encrypted
  }
}

const paddedBytes = (bytes: number): number => (Math.floor(bytes / blockBytes) + 1) * blockBytes

/**
 * The segments of one chain (SGP.22 §2.6.4): the counter of the ICV is 1 at the first and goes up by one with every segment, encrypted or
 * not, and each MAC covers the one before.
 * @throws RangeError when one is too long
 */
export function protectSegments(keys: BspKeys, segments: readonly PlainSegment[]): Buffer[] {
  const encrypt = segmentCipher(keys.sEnc, segments.length)
  const messages = segments.map(({ tag, data, encrypt: isSecret }, place) => {
    if (data.length > (isSecret ? maxEncryptedBytes : maxMacOnlyBytes)) throw new RangeError('segment too long')
    const content = isSecret ? encrypt(place, data) : data
    return [tlvHeader(tag, content.length + macBytes), content] as const
  })
  const macs = cmacChain(keys.sMac, keys.initialMacChainingValue, messages)
  return messages.map(([header, content], place) => {
    const segment = Buffer.allocUnsafe(header.length + content.length + macBytes)
    segment.set(header)
    segment.set(content, header.length)
    macs.copy(segment, header.length + content.length, place * blockBytes, place * blockBytes + macBytes)
    return segment
  })
}
