import { createHash } from 'node:crypto'
import { bitsValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { type Curve, derSignature, type EcPrivateKey, signRaw, subjectPublicKeyInfo } from './curve'
import { EXTENSION } from './x509'

export interface CertificateRequest {
  serialNumber: Buffer
  /** Name of the issuer, DER as in its own certificate */
  issuer: Buffer
  issuerKey: EcPrivateKey
  /** subjectKeyIdentifier of the issuer in hexadecimal */
  issuerKeyId: string
  subject: Buffer
  curve: Curve
  /** uncompressed point */
  publicKey: Buffer
  notBefore: Date
  notAfter: Date
  keyUsage: number[]
  /** dotted policy of the role */
  policy: string
  /** further extensions, complete DER */
  extensions?: Buffer[]
}

/** Signs an X.509 v3 certificate with critical keyUsage and certificatePolicies, as SGP.22 profiles have it; DER. */
export function issueCertificate(request: CertificateRequest): Buffer {
  const algorithm = tlv(0x30, tlv(0x06, oidValue('1.2.840.10045.4.3.2')))
  const extensions = [
    certificateExtension(EXTENSION.authorityKeyIdentifier, false, tlv(0x30, tlv(0x80, Buffer.from(request.issuerKeyId, 'hex')))),
    certificateExtension(EXTENSION.subjectKeyIdentifier, false, tlv(0x04, Buffer.from(keyIdOf(request.publicKey), 'hex'))),
    certificateExtension(EXTENSION.keyUsage, true, tlv(0x03, bitsValue(request.keyUsage))),
    certificateExtension(EXTENSION.certificatePolicies, true, tlv(0x30, tlv(0x30, tlv(0x06, oidValue(request.policy))))),
    ...(request.extensions ?? []),
  ]
  const tbs = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, request.serialNumber),
    algorithm,
    request.issuer,
    tlv(0x30, timeTlv(request.notBefore), timeTlv(request.notAfter)),
    request.subject,
    subjectPublicKeyInfo(request.curve, request.publicKey),
    tlv(0xa3, tlv(0x30, ...extensions)),
  )
  return tlv(0x30, tbs, algorithm, tlv(0x03, Buffer.of(0), derSignature(signRaw(request.issuerKey, tbs))))
}

export const certificateExtension = (oid: string, critical: boolean, value: Buffer): Buffer =>
  tlv(0x30, tlv(0x06, oidValue(oid)), critical ? tlv(0x01, Buffer.of(0xff)) : undefined, tlv(0x04, value))

/** A Name of attributes in their order; countries and serial numbers are PrintableString, the rest UTF8String. */
export const distinguishedName = (attributes: [oid: string, value: string][]): Buffer =>
  tlv(0x30, ...attributes.map(([oid, value]) => tlv(0x31, tlv(0x30, tlv(0x06, oidValue(oid)), directoryString(oid, value)))))

/** SHA-1 of the public key (RFC 5280 §4.2.1.2), upper-case hexadecimal. */
export const keyIdOf = (publicKey: Uint8Array): string => createHash('sha1').update(publicKey).digest('hex').toUpperCase()

const directoryString = (oid: string, value: string): Buffer =>
  tlv(oid === '2.5.4.5' || oid === '2.5.4.6' ? 0x13 : 0x0c, Buffer.from(value, 'utf8'))

function timeTlv(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text))
}
