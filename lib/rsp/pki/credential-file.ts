import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { CURVES, type Curve } from '@/lib/rsp/crypto/curves'
import { readAll, readSingle, type Tlv, TlvError, TlvReader } from '@/lib/rsp/tlv'
import { CertificateError } from './certificate-error'
import { CURVE_NAMES } from './oids'

/** A private key whose public half was computed from it, whatever the file says beside it. */
export interface EcPrivateKey {
  curve: Curve
  key: KeyObject
  /** Public point 04 ‖ X ‖ Y. */
  point: Buffer
}

/** One thing found in a file. `reason`: why it is of no use. `unusable`: a key that somebody meant to give and that cannot be taken. */
export type CredentialItem =
  | { kind: 'certificate'; der: Buffer }
  | { kind: 'privateKey'; privateKey: EcPrivateKey }
  | { kind: 'unusable'; sentence: string }
  | { kind: 'other'; reason: string }

const maxFileBytes = 1_000_000
const encryptedKey = 'The private key is encrypted. Decrypt it first, for instance with openssl pkey.'

/** Finds the certificates and private keys in a file, PEM (any number, text around them) or DER (one). Never throws. */
export function readCredentialFile(bytes: Buffer): CredentialItem[] {
  if (bytes.length > maxFileBytes) return [{ kind: 'other', reason: 'The file is too large for certificates or keys.' }]
  const text = bytes.toString('latin1')
  const items: CredentialItem[] = []
  for (const [, label = '', body = ''] of text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*(?:-(?!----)[^-]*)*)-----END \1-----/g)) {
    const item = fromPem(label, body)
    if (item) items.push(item)
  }
  if (items.length) return items
  return [text.includes('-----BEGIN ') ? { kind: 'other', reason: 'No certificate or private key in it.' } : fromDer(bytes)]
}

/** DER of every certificate in a PEM or DER file; none is no error. */
export const certificatesFromFile = (bytes: Buffer): Buffer[] =>
  readCredentialFile(bytes).flatMap(item => (item.kind === 'certificate' ? [item.der] : []))

/**
 * The private key of a SEC1 or PKCS#8 file, PEM or DER, on P-256 or brainpoolP256r1.
 * @throws CertificateError when it is encrypted, of another kind, or there is none or more than one
 */
export function privateKeyFromFile(bytes: Buffer): KeyObject {
  const items = readCredentialFile(bytes)
  const keys = items.flatMap(item => (item.kind === 'privateKey' ? [item.privateKey.key] : []))
  const unusable = items.find(item => item.kind === 'unusable')
  if (unusable) throw new CertificateError(unusable.sentence)
  const [key, ...others] = keys
  if (!key) throw new CertificateError('There is no private key in this file.')
  if (others.length) throw new CertificateError('There is more than one private key in this file.')
  return key
}

function fromPem(label: string, body: string): CredentialItem | undefined {
  if (label === 'EC PARAMETERS') return undefined
  if (label === 'ENCRYPTED PRIVATE KEY' || /Proc-Type:.*ENCRYPTED/.test(body)) return { kind: 'unusable', sentence: encryptedKey }
  const der = Buffer.from(body, 'base64')
  if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE' || label === 'TRUSTED CERTIFICATE') return { kind: 'certificate', der }
  if (label === 'EC PRIVATE KEY') return keyItem(der, 'sec1')
  if (label === 'PRIVATE KEY') return keyItem(der, 'pkcs8')
  if (label.endsWith('PRIVATE KEY')) return { kind: 'other', reason: 'A private key, but not an elliptic-curve one.' }
  if (label === 'PUBLIC KEY') return { kind: 'other', reason: 'A public key alone; the certificate holds it already.' }
  if (label.endsWith('CERTIFICATE REQUEST')) return { kind: 'other', reason: 'A certificate request; only issued certificates are of use.' }
  if (label === 'X509 CRL') return { kind: 'other', reason: 'A revocation list.' }
  return { kind: 'other', reason: 'Neither a certificate nor a private key.' }
}

/** Tells the kinds of DER file apart by the tags of the outer members. */
function fromDer(bytes: Buffer): CredentialItem {
  const neither: CredentialItem = { kind: 'other', reason: 'Neither a certificate nor a private key.' }
  let members: Tlv[]
  try {
    members = readAll(readSingle(bytes, 0x30).value)
  } catch (error) {
    if (error instanceof TlvError) return neither
    throw error
  }
  const shape = members.map(member => member.tag.toString(16)).join(' ')
  const version = members[0]?.value.toString('hex')
  if (shape === '30 30 3') return { kind: 'certificate', der: bytes }
  if (shape.startsWith('2 30 4') && (version === '00' || version === '01')) return keyItem(bytes, 'pkcs8')
  if (shape.startsWith('2 4') && version === '01') return keyItem(bytes, 'sec1')
  if (shape === '30 4') return { kind: 'unusable', sentence: encryptedKey }
  if (shape === '30 3') return { kind: 'other', reason: 'A public key alone; the certificate holds it already.' }
  return neither
}

function keyItem(der: Buffer, type: 'sec1' | 'pkcs8'): CredentialItem {
  let key: KeyObject
  try {
    key = createPrivateKey({ key: der, format: 'der', type })
  } catch {
    return { kind: 'unusable', sentence: 'The private key cannot be read.' }
  }
  if (key.asymmetricKeyType !== 'ec') return { kind: 'other', reason: 'A private key, but not an elliptic-curve one.' }
  const named = key.asymmetricKeyDetails?.namedCurve
  const curve = CURVE_NAMES.find(name => CURVES[name].openssl === named)
  if (!curve) return { kind: 'other', reason: 'A private key on a curve that is not supported (P-256 and brainpoolP256r1 are).' }
  return ownedKey(key, curve)
}

/** OpenSSL believes the public point in the file; a point that is not the key's own would pair it with a stranger's certificate. */
function ownedKey(key: KeyObject, curve: Curve): CredentialItem {
  const ecdh = createECDH(CURVES[curve].openssl)
  try {
    // ECPrivateKey ::= SEQUENCE { version INTEGER, privateKey OCTET STRING, parameters [0] OPTIONAL, publicKey [1] OPTIONAL }
    const reader = new TlvReader(readSingle(key.export({ format: 'der', type: 'sec1' }), 0x30).value)
    reader.next(0x02)
    ecdh.setPrivateKey(reader.next(0x04).value)
  } catch {
    return { kind: 'unusable', sentence: 'The private key cannot be read.' }
  }
  const point = ecdh.getPublicKey()
  const stated = createPublicKey(key).export({ format: 'der', type: 'spki' })
  if (!stated.subarray(-point.length).equals(point)) {
    return { kind: 'unusable', sentence: 'The file pairs the private key with a public key that is not its own.' }
  }
  return { kind: 'privateKey', privateKey: { curve, key, point } }
}
