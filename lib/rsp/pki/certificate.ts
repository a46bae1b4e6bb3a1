import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { oidValue, readSingle, type Tlv, TlvError, TlvReader, tlv } from '@/lib/rsp/tlv'
import { CertificateError } from './certificate-error'
import { type CertificateExtensions, readExtensions } from './extensions'
import { type DistinguishedName, oidText, readName } from './name'
import { ALGORITHM, CURVE_NAMES, CURVE_OIDS } from './oids'

export { CertificateError }

export interface EcPublicKey {
  curve: Curve
  /** 04 ‖ X ‖ Y, 65 octets. */
  point: Buffer
  key: KeyObject
}

/** An X.509 v3 certificate; buffers are views into the octets that were received. */
export interface Certificate extends CertificateExtensions {
  raw: Buffer
  /** The tbsCertificate element: what the signature covers. */
  tbs: Buffer
  /** Dotted OID. */
  signatureAlgorithm: string
  /** ECDSA-Sig-Value in DER. */
  signature: Buffer
  /** Content of the INTEGER in upper-case hexadecimal; opaque. */
  serialNumber: string
  issuer: DistinguishedName
  subject: DistinguishedName
  notBefore: Date
  notAfter: Date
  publicKey: EcPublicKey
}

/**
 * Reads one certificate from its DER octets. Signatures, dates and roles are not judged here, except that the key must be
 * a point on P-256 or brainpoolP256r1.
 * @throws CertificateError and nothing else, whatever the octets are
 */
export function parseCertificate(der: Buffer): Certificate {
  try {
    return readCertificate(der)
  } catch (error) {
    if (error instanceof TlvError) throw new CertificateError(`The certificate cannot be read: ${error.message}.`)
    throw error
  }
}

/** Whether the certificate was signed with ecdsa-with-SHA256 by the holder of this key, over the octets as received. */
export function verifyCertificate(certificate: Certificate, issuerKey: KeyObject): boolean {
  if (certificate.signatureAlgorithm !== ALGORITHM.ecdsaWithSha256) return false
  return verify('sha256', certificate.tbs, { key: issuerKey, dsaEncoding: 'der' }, certificate.signature)
}

// Certificate ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
// TBSCertificate ::= SEQUENCE { version [0] INTEGER, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
//   validity SEQUENCE { notBefore Time, notAfter Time }, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
//   issuerUniqueID [1] OPTIONAL, subjectUniqueID [2] OPTIONAL, extensions [3] OPTIONAL }
function readCertificate(der: Buffer): Certificate {
  const outer = readSingle(der, 0x30)
  const certificate = new TlvReader(outer.value)
  const tbs = certificate.next(0x30)
  const algorithm = certificate.next(0x30)
  const signature = certificate.next(0x03).value
  certificate.end()
  if (signature[0] !== 0) throw new TlvError('the signature is not whole octets')

  const fields = new TlvReader(tbs.value)
  const version = fields.optional(0xa0)
  if (version?.value.toString('hex') !== '020102') throw new CertificateError('The certificate is not an X.509 certificate of version 3.')
  const serialNumber = fields.next(0x02).value
  const innerAlgorithm = fields.next(0x30)
  const issuer = readName(fields.next(0x30))
  const validity = new TlvReader(fields.next(0x30).value)
  const notBefore = readTime(validity)
  const notAfter = readTime(validity)
  validity.end()
  const subject = readName(fields.next(0x30))
  const publicKey = readPublicKey(fields.next(0x30))
  fields.optional(0x81)
  fields.optional(0x82)
  const extensions = fields.optional(0xa3)
  fields.end()
  if (!innerAlgorithm.raw.equals(algorithm.raw)) throw new CertificateError('The certificate names two signature algorithms.')
  return {
    raw: outer.raw,
    tbs: tbs.raw,
    signatureAlgorithm: oidText(new TlvReader(algorithm.value).next(0x06).value),
    signature: signature.subarray(1),
    serialNumber: serialNumber.toString('hex').toUpperCase(),
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    ...readExtensions(extensions ? readSingle(extensions.value, 0x30).value : Buffer.alloc(0)),
  }
}

/** RFC 5280 §4.1.2.5: UTCTime means 1950 to 2049, GeneralizedTime any year; both with seconds, in UTC. */
function readTime(validity: TlvReader): Date {
  const short = validity.optional(0x17)
  const text = (short ?? validity.next(0x18)).value.toString('latin1')
  const parts = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)
  const [, year = '', month, day, hour, minute, second] = parts ?? []
  if (year.length !== (short ? 2 : 4)) throw new TlvError('a date is malformed')
  const fullYear = short ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year)
  const date = new Date(0)
  date.setUTCFullYear(fullYear, Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  // What does not exist has been carried over into the next unit.
  const exists =
    date.getUTCFullYear() === fullYear &&
    date.getUTCMonth() + 1 === Number(month) &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second)
  if (!exists) throw new TlvError('a date is malformed')
  return date
}

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE { id-ecPublicKey, namedCurve }, subjectPublicKey BIT STRING }
function readPublicKey(spki: Tlv): EcPublicKey {
  const reader = new TlvReader(spki.value)
  const algorithm = new TlvReader(reader.next(0x30).value)
  const bits = reader.next(0x03).value
  reader.end()
  const type = oidText(algorithm.next(0x06).value)
  if (type !== ALGORITHM.ecPublicKey) throw new CertificateError('The certificate has no elliptic-curve key.')
  const curveOid = algorithm.optional(0x06)
  const curveName = curveOid ? oidText(curveOid.value) : 'given by its parameters'
  algorithm.end()
  const curve = CURVE_NAMES.find(name => CURVE_OIDS[name] === curveName)
  if (!curve) throw new CertificateError(`The key of the certificate is on a curve that is not supported (${curveName}).`)
  const point = bits.subarray(1)
  if (bits[0] !== 0 || point.length !== 65 || point[0] !== 4) {
    throw new CertificateError('The key of the certificate is not an uncompressed point.')
  }
  try {
    return { curve, point, key: importPublicKey(curve, point) }
  } catch {
    throw new CertificateError('The key of the certificate is not a point on its curve.')
  }
}

/**
 * The key of an uncompressed point. OpenSSL takes in a JWK in half the time of a SubjectPublicKeyInfo, but knows no brainpool there;
 * both refuse points off the curve.
 * @throws when the point is not on the curve
 */
export function importPublicKey(curve: Curve, point: Buffer): KeyObject {
  if (curve === 'P-256') {
    const x = point.toString('base64url', 1, 33)
    const y = point.toString('base64url', 33)
    return createPublicKey({ key: { kty: 'EC', crv: curve, x, y }, format: 'jwk' })
  }
  const algorithm = tlv(0x30, tlv(0x06, oidValue(ALGORITHM.ecPublicKey)), tlv(0x06, oidValue(CURVE_OIDS[curve])))
  const spki = tlv(0x30, algorithm, tlv(0x03, Buffer.of(0), point))
  return createPublicKey({ key: spki, format: 'der', type: 'spki' })
}
