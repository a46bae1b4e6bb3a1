import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { readAll, readBits, readInteger, readOid, readSingle, type Tlv, TlvReader } from '@/lib/rsp/tlv'
import { type Curve, curveOfOid } from './curve'

export interface Extension {
  critical: boolean
  value: Buffer
}

/** An X.509 v3 certificate, the fields that SGP.22 looks at. */
export interface Certificate {
  raw: Buffer
  tbs: Buffer
  issuer: Buffer
  subject: Buffer
  notBefore: Date
  notAfter: Date
  /** undefined when the key is not on a curve that SGP.22 v2 names here */
  curve: Curve | undefined
  publicKey: KeyObject
  extensions: Map<string, Extension>
  signatureAlgorithm: string
  signature: Buffer
}

export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
} as const

export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const

export const ATTRIBUTE = { commonName: '2.5.4.3', serialNumber: '2.5.4.5', country: '2.5.4.6', organization: '2.5.4.10' } as const

/** Reads one certificate, DER or PEM. @throws Error when it is not X.509 v3 in DER */
export function readCertificate(input: Uint8Array | string): Certificate {
  const outer = new TlvReader(readSingle(derOf(input), 0x30).value)
  const tbs = outer.next(0x30)
  const signatureAlgorithm = readOid(new TlvReader(outer.next(0x30).value).next(0x06).value)
  const signature = outer.next(0x03).value
  if (signature[0] !== 0) throw new Error('the signature of the certificate is not whole octets')
  outer.end()

  const fields = new TlvReader(tbs.value)
  if (readInteger(readSingle(fields.next(0xa0).value, 0x02).value) !== 2) throw new Error('the certificate is not X.509 version 3')
  fields.next(0x02)
  if (readOid(new TlvReader(fields.next(0x30).value).next(0x06).value) !== signatureAlgorithm) {
    throw new Error('the certificate names two signature algorithms')
  }
  const issuer = fields.next(0x30).raw
  const validity = readAll(fields.next(0x30).value)
  const subject = fields.next(0x30).raw
  const spki = fields.next(0x30)
  fields.optional(0x81)
  fields.optional(0x82)
  const extensions = readExtensions(readSingle(fields.next(0xa3).value, 0x30).value)
  fields.end()

  const algorithm = readAll(new TlvReader(spki.value).next(0x30).value)
  const curveOid = algorithm[1]?.tag === 0x06 ? readOid(algorithm[1].value) : ''
  return {
    raw: readSingle(derOf(input)).raw,
    tbs: tbs.raw,
    issuer,
    subject,
    notBefore: readTime(validity[0]),
    notAfter: readTime(validity[1]),
    curve: curveOfOid(curveOid),
    publicKey: createPublicKey({ key: spki.raw, format: 'der', type: 'spki' }),
    extensions,
    signatureAlgorithm,
    signature: signature.subarray(1),
  }
}

/** Whether `certificate` carries a signature of the key in `issuer` (ecdsa-with-SHA256 only). */
export const signedBy = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.signatureAlgorithm === '1.2.840.10045.4.3.2' && verify('sha256', certificate.tbs, issuer.publicKey, certificate.signature)

/** Value of the first attribute of this type in a Name. */
export function nameAttribute(name: Buffer, oid: string): string | undefined {
  for (const relative of readAll(readSingle(name, 0x30).value)) {
    for (const attribute of readAll(relative.value)) {
      const [type, value] = readAll(attribute.value)
      if (type && value && readOid(type.value) === oid) return value.value.toString('utf8')
    }
  }
  return undefined
}

export function keyUsageOf(certificate: Certificate): Set<number> | undefined {
  const extension = certificate.extensions.get(EXTENSION.keyUsage)
  return extension && readBits(readSingle(extension.value, 0x03).value)
}

/** The policies' identifiers; empty without the extension. */
export function policiesOf(certificate: Certificate): string[] {
  const extension = certificate.extensions.get(EXTENSION.certificatePolicies)
  if (!extension) return []
  return readAll(readSingle(extension.value, 0x30).value).map(policy => readOid(new TlvReader(policy.value).next(0x06).value))
}

/** subjectKeyIdentifier in upper-case hexadecimal. */
export function subjectKeyIdOf(certificate: Certificate): string | undefined {
  const extension = certificate.extensions.get(EXTENSION.subjectKeyIdentifier)
  return extension && readSingle(extension.value, 0x04).value.toString('hex').toUpperCase()
}

/** keyIdentifier of authorityKeyIdentifier in upper-case hexadecimal. */
export function authorityKeyIdOf(certificate: Certificate): string | undefined {
  const extension = certificate.extensions.get(EXTENSION.authorityKeyIdentifier)
  return extension && new TlvReader(readSingle(extension.value, 0x30).value).optional(0x80)?.value.toString('hex').toUpperCase()
}

/** registeredID of subjectAltName: the OID of an RSP server, of a CI or of an EUM. */
export function registeredIdOf(certificate: Certificate): string | undefined {
  const extension = certificate.extensions.get(EXTENSION.subjectAltName)
  if (!extension) return undefined
  const name = readAll(readSingle(extension.value, 0x30).value).find(entry => entry.tag === 0x88)
  return name && readOid(name.value)
}

/** `pathLength` is undefined when not limited; undefined without the extension. */
export function basicConstraintsOf(certificate: Certificate): { ca: boolean; pathLength: number | undefined } | undefined {
  const extension = certificate.extensions.get(EXTENSION.basicConstraints)
  if (!extension) return undefined
  const reader = new TlvReader(readSingle(extension.value, 0x30).value)
  const ca = reader.optional(0x01)?.value[0] === 0xff
  const pathLength = reader.optional(0x02)
  return { ca, pathLength: pathLength && readInteger(pathLength.value) }
}

/** O and serialNumber (start of the EIDs) of each permitted directoryName. */
export function permittedNamesOf(certificate: Certificate): { organization: string | undefined; eidPrefix: string | undefined }[] {
  const extension = certificate.extensions.get(EXTENSION.nameConstraints)
  const permitted = extension && new TlvReader(readSingle(extension.value, 0x30).value).optional(0xa0)
  if (!permitted) return []
  return readAll(permitted.value).flatMap(subtree => {
    const directoryName = new TlvReader(subtree.value).optional(0xa4)
    if (!directoryName) return []
    const name = directoryName.value
    return [{ organization: nameAttribute(name, ATTRIBUTE.organization), eidPrefix: nameAttribute(name, ATTRIBUTE.serialNumber) }]
  })
}

function readExtensions(value: Buffer): Map<string, Extension> {
  const extensions = new Map<string, Extension>()
  for (const element of readAll(value)) {
    const reader = new TlvReader(element.value)
    const oid = readOid(reader.next(0x06).value)
    const critical = reader.optional(0x01)?.value[0] === 0xff
    if (extensions.has(oid)) throw new Error('the certificate has one extension twice')
    extensions.set(oid, { critical, value: reader.next(0x04).value })
    reader.end()
  }
  return extensions
}

function readTime(time: Tlv | undefined): Date {
  const text = time?.value.toString('latin1') ?? ''
  const digits = time?.tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits)
  if (!match) throw new Error('the certificate has a date that cannot be read')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second))
}

function derOf(input: Uint8Array | string): Uint8Array {
  if (typeof input !== 'string' && input[0] === 0x30) return input
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('latin1')
  const block = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(text)
  return Buffer.from(block?.[1] ?? text, 'base64')
}
