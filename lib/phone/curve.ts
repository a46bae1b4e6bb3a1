import { createECDH, createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { integerValue, oidValue, readOid, readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'

export type Curve = 'P-256' | 'brainpoolP256r1'

const CURVES = {
  'P-256': {
    oid: '1.2.840.10045.3.1.7',
    opensslName: 'prime256v1',
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  brainpoolP256r1: {
    oid: '1.3.36.3.3.2.8.1.1.7',
    opensslName: 'brainpoolP256r1',
    order: 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n,
  },
} as const

const EC_PUBLIC_KEY = '1.2.840.10045.2.1'

/** An EC private key as its curve and its 32-octet scalar. */
export interface EcPrivateKey {
  curve: Curve
  scalar: Buffer
}

export const curveOfOid = (oid: string): Curve | undefined => (Object.keys(CURVES) as Curve[]).find(curve => CURVES[curve].oid === oid)

/** Reads a private key, PEM (SEC1 or PKCS#8) or PKCS#8 DER. @throws Error when it is no EC key of a known curve */
export function readPrivateKey(key: string | Uint8Array): EcPrivateKey {
  const keyObject =
    typeof key === 'string' ? createPrivateKey(key) : createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' })
  const outer = new TlvReader(readSingle(keyObject.export({ format: 'der', type: 'pkcs8' }), 0x30).value)
  outer.next(0x02)
  const algorithm = new TlvReader(outer.next(0x30).value)
  if (readOid(algorithm.next(0x06).value) !== EC_PUBLIC_KEY) throw new Error('The private key is no EC key.')
  const curve = curveOfOid(readOid(algorithm.next(0x06).value))
  if (!curve) throw new Error('The private key is on a curve that SGP.22 does not name.')
  const inner = new TlvReader(readSingle(outer.next(0x04).value, 0x30).value)
  inner.next(0x02)
  return { curve, scalar: leftPad(inner.next(0x04).value) }
}

/** The PKCS#8 DER form of a private key. */
export function privateKeyDer(key: EcPrivateKey): Buffer {
  const algorithm = tlv(0x30, tlv(0x06, oidValue(EC_PUBLIC_KEY)), tlv(0x06, oidValue(CURVES[key.curve].oid)))
  const point = tlv(0xa1, tlv(0x03, Buffer.of(0), publicPoint(key)))
  const inner = tlv(0x30, tlv(0x02, integerValue(1)), tlv(0x04, key.scalar), point)
  return tlv(0x30, tlv(0x02, integerValue(0)), algorithm, tlv(0x04, inner))
}

/** Makes a private key of `random` octets; octets outside 1…n−1 are drawn again. */
export function newPrivateKey(curve: Curve, random: (length: number) => Buffer): EcPrivateKey {
  for (;;) {
    const scalar = random(32)
    const number = bigintOf(scalar)
    if (number > 0n && number < CURVES[curve].order) return { curve, scalar }
  }
}

/** The public key as an uncompressed point, 65 octets 04‖X‖Y. */
export function publicPoint(key: EcPrivateKey): Buffer {
  const ecdh = createECDH(CURVES[key.curve].opensslName)
  ecdh.setPrivateKey(key.scalar)
  return ecdh.getPublicKey()
}

/** SubjectPublicKeyInfo of an uncompressed point. */
export const subjectPublicKeyInfo = (curve: Curve, point: Uint8Array): Buffer =>
  tlv(0x30, tlv(0x30, tlv(0x06, oidValue(EC_PUBLIC_KEY)), tlv(0x06, oidValue(CURVES[curve].oid))), tlv(0x03, Buffer.of(0), point))

/** @throws Error when the point is not on the curve */
export const publicKeyOf = (curve: Curve, point: Uint8Array): KeyObject =>
  createPublicKey({ key: subjectPublicKeyInfo(curve, point), format: 'der', type: 'spki' })

/** X coordinate of the shared point, 32 octets. @throws Error when `peerPoint` is not on the curve */
export function agree(key: EcPrivateKey, peerPoint: Uint8Array): Buffer {
  const ecdh = createECDH(CURVES[key.curve].opensslName)
  ecdh.setPrivateKey(key.scalar)
  return ecdh.computeSecret(peerPoint)
}

/** ECDSA with SHA-256 and the nonce of RFC 6979 (so a session replays byte for byte); value r‖s, 64 octets. */
export function signRaw(key: EcPrivateKey, data: Uint8Array): Buffer {
  const { order } = CURVES[key.curve]
  const digest = bigintOf(createHash('sha256').update(data).digest())
  const secret = bigintOf(key.scalar)
  for (const nonce of nonces(key, digest % order)) {
    const r = bigintOf(publicPoint({ curve: key.curve, scalar: octetsOf(nonce) }).subarray(1, 33)) % order
    const s = (inverse(nonce, order) * (digest + r * secret)) % order
    if (r !== 0n && s !== 0n) return Buffer.concat([octetsOf(r), octetsOf(s)])
  }
  throw new Error('no nonce')
}

/** Verifies a value r‖s of 64 octets. */
export const verifyRaw = (key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)

/** The same signature in the form of certificates: SEQUENCE { r, s }. */
export function derSignature(raw: Buffer): Buffer {
  const integer = (octets: Buffer) => {
    let from = 0
    while (from < octets.length - 1 && octets[from] === 0) from++
    const short = octets.subarray(from)
    return tlv(0x02, (short[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), short]) : short)
  }
  return tlv(0x30, integer(raw.subarray(0, 32)), integer(raw.subarray(32)))
}

function* nonces(key: EcPrivateKey, digest: bigint): Generator<bigint> {
  const hmac = (secret: Buffer, ...parts: Buffer[]) => createHmac('sha256', secret).update(Buffer.concat(parts)).digest()
  const input = [key.scalar, octetsOf(digest)]
  let v: Buffer = Buffer.alloc(32, 1)
  let k = hmac(Buffer.alloc(32), v, Buffer.of(0), ...input)
  v = hmac(k, v)
  k = hmac(k, v, Buffer.of(1), ...input)
  v = hmac(k, v)
  for (;;) {
    v = hmac(k, v)
    const nonce = bigintOf(v)
    if (nonce > 0n && nonce < CURVES[key.curve].order) yield nonce
    k = hmac(k, v, Buffer.of(0))
    v = hmac(k, v)
  }
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value, modulus, 1n, 0n]
  while (b) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

const leftPad = (octets: Buffer): Buffer => Buffer.concat([Buffer.alloc(Math.max(0, 32 - octets.length)), octets])
const bigintOf = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex')}`)
const octetsOf = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
