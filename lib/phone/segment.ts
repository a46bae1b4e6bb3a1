import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto'
import { readSingle, tlv, tlvHeader } from '@/lib/rsp/tlv'
import { aesCmac } from './cmac'
import type { SessionKeys } from './session-keys'

/** SGP.22 §2.5.3: a segment is at most 1020 octets, tag, length and MAC included. */
export const maxSegmentBytes = 1020

/** A protected segment that does not follow SCP03t: `structure` is its form, `security` its MAC or padding. */
export class SegmentFault extends Error {
  override name = 'SegmentFault'
  constructor(
    readonly kind: 'structure' | 'security',
    message: string,
  ) {
    super(message)
  }
}

/**
 * Opens the next '87', '88' or '86' segment and moves the keys on: chaining value and counter also grow on MAC-only ones.
 * @returns the plain octets @throws SegmentFault
 */
export function openSegment(keys: SessionKeys, segment: Uint8Array): Buffer {
  const { tag, value } = readSingle(segment)
  if (segment.length > maxSegmentBytes) {
    throw new SegmentFault('structure', `segment ${keys.counter} has ${segment.length} octets, more than ${maxSegmentBytes}`)
  }
  if (value.length < 8) throw new SegmentFault('structure', `segment ${keys.counter} is too short to hold a MAC`)
  const data = value.subarray(0, -8)
  const mac = aesCmac(keys.macKey, Buffer.concat([keys.macChainingValue, tlvHeader(tag, value.length), data]))
  if (!timingSafeEqual(mac.subarray(0, 8), value.subarray(-8))) {
    throw new SegmentFault('security', `the MAC of segment ${keys.counter} is wrong`)
  }
  const icv = counterBlock(keys)
  keys.macChainingValue = mac
  keys.counter++
  return tag === 0x88 ? data : decrypt(keys, icv, data)
}

/** Protects plain octets as the next segment with this tag; the mirror of `openSegment`. */
export function sealSegment(keys: SessionKeys, tag: number, plain: Uint8Array): Buffer {
  const padded = Buffer.concat([plain, Buffer.of(0x80), Buffer.alloc(15 - (plain.length % 16))])
  const data =
    tag === 0x88
      ? Buffer.from(plain)
      : createCipheriv('aes-128-cbc', keys.encryptionKey, counterBlock(keys)).setAutoPadding(false).update(padded)
  const mac = aesCmac(keys.macKey, Buffer.concat([keys.macChainingValue, tlvHeader(tag, data.length + 8), data]))
  keys.macChainingValue = mac
  keys.counter++
  return tlv(tag, data, mac.subarray(0, 8))
}

function counterBlock(keys: SessionKeys): Buffer {
  const counter = Buffer.alloc(16)
  counter.writeUInt32BE(keys.counter, 12)
  return createCipheriv('aes-128-ecb', keys.encryptionKey, null).setAutoPadding(false).update(counter)
}

function decrypt(keys: SessionKeys, icv: Buffer, data: Buffer): Buffer {
  const where = `segment ${keys.counter - 1}`
  if (data.length === 0 || data.length % 16) throw new SegmentFault('structure', `${where} is not a whole number of AES blocks`)
  const padded = createDecipheriv('aes-128-cbc', keys.encryptionKey, icv).setAutoPadding(false).update(data)
  const end = padded.lastIndexOf(0x80)
  if (end < padded.length - 16 || padded.subarray(end + 1).some(octet => octet !== 0)) {
    throw new SegmentFault('security', `the padding of ${where} is wrong`)
  }
  return padded.subarray(0, end)
}
