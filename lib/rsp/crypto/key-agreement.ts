import { createECDH, type ECDH, hash } from 'node:crypto'
import { CURVES, type Curve, pointBytes } from './curves'

/** A one-time key pair: 32 octets of otSK and the uncompressed point of otPK, 65 octets. */
export interface OneTimeKeyPair {
  otSk: Buffer
  otPk: Buffer
}

/** A public key that is no point of the curve. */
export class PointError extends Error {
  override name = 'PointError'
}

/** Makes otSK.DP and otPK.DP from chance that the caller brings. */
export function oneTimeKeyPair(curve: Curve, random: (bytes: number) => Buffer): OneTimeKeyPair {
  const ecdh = createECDH(CURVES[curve].openssl)
  for (;;) {
    const otSk = random(32)
    try {
      ecdh.setPrivateKey(otSk)
      return { otSk, otPk: ecdh.getPublicKey() }
    } catch {
      // Zero or not below the order of the curve: one draw in 2^32 at most.
    }
  }
}

/**
 * A fresh otPK.DP and the X coordinate of the point that it shares with `otPk`, 32 octets; the private key is nowhere but in here.
 * @throws PointError when `otPk` is no point of the curve
 */
export function agreeOnce(curve: Curve, otPk: Buffer, random: (bytes: number) => Buffer): { otPkDp: Buffer; shared: Buffer } {
  const ecdh = createECDH(CURVES[curve].openssl)
  for (;;) {
    try {
      ecdh.setPrivateKey(random(32))
      break
    } catch {
      // Zero or not below the order of the curve: one draw in 2^32 at most.
    }
  }
  return { otPkDp: ecdh.getPublicKey(), shared: secretOf(ecdh, otPk) }
}

/** The X coordinate of the shared point, 32 octets. @throws PointError when `otPk` is no point of the curve */
export function sharedSecret(curve: Curve, otSk: Buffer, otPk: Buffer): Buffer {
  const ecdh = createECDH(CURVES[curve].openssl)
  ecdh.setPrivateKey(otSk)
  return secretOf(ecdh, otPk)
}

function secretOf(ecdh: ECDH, otPk: Buffer): Buffer {
  if (otPk.length !== pointBytes || otPk[0] !== 4) throw new PointError('not an uncompressed point')
  try {
    return ecdh.computeSecret(otPk)
  } catch {
    throw new PointError('the point is not on the curve')
  }
}

/** X9.63 key derivation with SHA-256: `length` octets out of Z and SharedInfo (ANSI X9.63 §5.6.3). */
export function x963Kdf(z: Uint8Array, sharedInfo: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  const counter = Buffer.alloc(4)
  for (let i = 1; blocks.length * 32 < length; i++) {
    counter.writeUInt32BE(i)
    blocks.push(hash('sha256', Buffer.concat([z, counter, sharedInfo]), 'buffer'))
  }
  return Buffer.concat(blocks, length)
}

/** Initial MAC chaining value, S-ENC and S-MAC, 16 octets each. */
export interface BspKeys {
  initialMacChainingValue: Buffer
  sEnc: Buffer
  sMac: Buffer
}

const keyType = 0x88
const keyLength = 0x10

/**
 * Keys of the secure channel (SGP.22 §2.6.7.1, Annex G).
 * @param hostId 1 to 16 octets, the ones of the control reference template
 * @param eid 16 octets, packed BCD in reading order
 */
export function deriveBspKeys(z: Uint8Array, hostId: Uint8Array, eid: Uint8Array): BspKeys {
  const sharedInfo = Buffer.concat([Buffer.of(keyType, keyLength, hostId.length), hostId, Buffer.of(eid.length), eid])
  const material = x963Kdf(z, sharedInfo, 48)
  return { initialMacChainingValue: material.subarray(0, 16), sEnc: material.subarray(16, 32), sMac: material.subarray(32, 48) }
}

/** Control reference template of InitialiseSecureChannel: keyType, keyLen, hostId as values. */
export const controlReference = { keyType: Buffer.of(keyType), keyLength: Buffer.of(keyLength) }
