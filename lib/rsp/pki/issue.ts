import { createHash, type KeyObject, sign } from 'node:crypto'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { bitsValue, tlv } from '@/lib/rsp/tlv'
import type { Certificate } from './certificate'
import { ALGORITHM, ATTRIBUTE, EXT_KEY_USAGE, EXTENSION, KEY_USAGE, ROLE_POLICIES } from './oids'

export type IssuedRole = 'CI' | 'EUM' | 'EUICC' | 'DPauth' | 'DPpb' | 'DPtls'

/** Attributes of a subject, written in the order given. */
export type Subject = Partial<Record<keyof typeof ATTRIBUTE, string>>

export interface CertificateExtension {
  /** Dotted OID. */
  oid: string
  critical: boolean
  /** DER inside extnValue. */
  value: Buffer
}

export interface IssueRequest {
  role: IssuedRole
  /** Of an eUICC: `O` as in CERT.EUM, `serialNumber` the EID. */
  subject: Subject
  publicKey: KeyObject
  /** The certificate above, or 'self' for a root. */
  issuer: Certificate | 'self'
  issuerKey: KeyObject
  /** Positive, at most 20 octets. */
  serialNumber: Buffer
  notBefore: Date
  notAfter: Date
  /** registeredID of the subjectAltName. */
  oid?: string
  /** DPtls only. */
  dnsNames?: readonly string[]
  /** EUM only: the digits with which the EIDs of its eUICCs begin. */
  eidPrefix?: string
  /** Changes the extensions of the role's profile before they are signed. */
  adjustExtensions?: (profile: CertificateExtension[]) => CertificateExtension[]
}

/** Issues a certificate with the profile of its role (SGP.22 §4.5.2, variant O), signed with ecdsa-with-SHA256; returns its DER. */
export function issueCertificate(request: IssueRequest): Buffer {
  const { issuer, issuerKey, notBefore, notAfter, adjustExtensions = profile => profile } = request
  const spki = request.publicKey.export({ format: 'der', type: 'spki' })
  const certificate = new pkijs.Certificate()
  certificate.version = 2
  certificate.serialNumber = new asn1js.Integer({ valueHex: arrayBuffer(positive(request.serialNumber)) })
  certificate.signature = new pkijs.AlgorithmIdentifier({ algorithmId: ALGORITHM.ecdsaWithSha256 })
  certificate.signatureAlgorithm = new pkijs.AlgorithmIdentifier({ algorithmId: ALGORITHM.ecdsaWithSha256 })
  certificate.subject = nameOf(request.subject)
  certificate.issuer = issuer === 'self' ? certificate.subject : pkijs.RelativeDistinguishedNames.fromBER(arrayBuffer(issuer.subject.raw))
  certificate.notBefore = timeOf(notBefore)
  certificate.notAfter = timeOf(notAfter)
  certificate.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(arrayBuffer(spki))
  certificate.extensions = adjustExtensions(profileOf(request, keyIdOf(spki))).map(
    ({ oid, critical, value }) => new pkijs.Extension({ extnID: oid, critical, extnValue: arrayBuffer(value) }),
  )
  const tbs = Buffer.from(certificate.encodeTBS().toBER())
  const signature = sign('sha256', tbs, { key: issuerKey, dsaEncoding: 'der' })
  certificate.signatureValue = new asn1js.BitString({ valueHex: arrayBuffer(signature) })
  return Buffer.from(certificate.toSchema(true).toBER())
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the public key's octets (the last 65 of the SubjectPublicKeyInfo). */
const keyIdOf = (spki: Buffer): Buffer => createHash('sha1').update(spki.subarray(-65)).digest()

const roleKeyUsage: Record<IssuedRole, number[]> = {
  CI: [KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign],
  EUM: [KEY_USAGE.keyCertSign],
  EUICC: [KEY_USAGE.digitalSignature],
  DPauth: [KEY_USAGE.digitalSignature],
  DPpb: [KEY_USAGE.digitalSignature],
  DPtls: [KEY_USAGE.digitalSignature],
}

function profileOf(request: IssueRequest, subjectKeyId: Buffer): CertificateExtension[] {
  const { role, issuer } = request
  const issuerKeyId = issuer === 'self' ? undefined : issuer.subjectKeyId
  const profile: CertificateExtension[] = []
  const add = (oid: string, critical: boolean, value: Buffer) => profile.push({ oid, critical, value })
  if (issuerKeyId) {
    const keyIdentifier = new asn1js.OctetString({ valueHex: arrayBuffer(Buffer.from(issuerKeyId, 'hex')) })
    add(EXTENSION.authorityKeyIdentifier, false, encoded(new pkijs.AuthorityKeyIdentifier({ keyIdentifier })))
  }
  add(EXTENSION.subjectKeyIdentifier, false, tlv(0x04, subjectKeyId))
  add(EXTENSION.keyUsage, true, tlv(0x03, bitsValue(roleKeyUsage[role])))
  if (role === 'DPtls') {
    const keyPurposes = [EXT_KEY_USAGE.serverAuth, EXT_KEY_USAGE.clientAuth]
    add(EXTENSION.extKeyUsage, true, encoded(new pkijs.ExtKeyUsage({ keyPurposes })))
  }
  const policy = new pkijs.PolicyInformation({ policyIdentifier: ROLE_POLICIES[role].v2 })
  add(EXTENSION.certificatePolicies, role !== 'DPtls', encoded(new pkijs.CertificatePolicies({ certificatePolicies: [policy] })))
  const altNames = [
    ...(request.dnsNames ?? []).map(value => new pkijs.GeneralName({ type: 2, value })),
    ...(request.oid ? [new pkijs.GeneralName({ type: 8, value: request.oid })] : []),
  ]
  if (altNames.length) add(EXTENSION.subjectAltName, false, encoded(new pkijs.GeneralNames({ names: altNames })))
  if (role === 'CI') add(EXTENSION.basicConstraints, true, encoded(new pkijs.BasicConstraints({ cA: true })))
  if (role === 'EUM') add(EXTENSION.basicConstraints, true, encoded(new pkijs.BasicConstraints({ cA: true, pathLenConstraint: 0 })))
  if (request.eidPrefix) {
    const value = nameOf({ O: request.subject.O, serialNumber: request.eidPrefix })
    const base = new pkijs.GeneralName({ type: 4, value })
    const constraints = new pkijs.NameConstraints({ permittedSubtrees: [new pkijs.GeneralSubtree({ base })] })
    add(EXTENSION.nameConstraints, true, encoded(constraints))
  }
  return profile
}

function nameOf(subject: Subject): pkijs.RelativeDistinguishedNames {
  const typesAndValues: pkijs.AttributeTypeAndValue[] = []
  for (const [name, value] of Object.entries(subject)) {
    if (value === undefined) continue
    const printable = name === 'C' || name === 'serialNumber'
    const text = printable ? new asn1js.PrintableString({ value }) : new asn1js.Utf8String({ value })
    typesAndValues.push(new pkijs.AttributeTypeAndValue({ type: ATTRIBUTE[name as keyof typeof ATTRIBUTE], value: text }))
  }
  return new pkijs.RelativeDistinguishedNames({ typesAndValues })
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
const timeOf = (value: Date): pkijs.Time =>
  new pkijs.Time({ type: value.getUTCFullYear() < 2050 ? pkijs.TimeType.UTCTime : pkijs.TimeType.GeneralizedTime, value })

/** The octets as DER INTEGER content: no needless leading zeros, and one where the number would be negative. */
function positive(octets: Buffer): Buffer {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start++
  const trimmed = octets.subarray(start)
  return (trimmed[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed
}

const encoded = (value: pkijs.PkiObject): Buffer => Buffer.from(value.toSchema().toBER())

const arrayBuffer = (octets: Buffer): ArrayBuffer => new Uint8Array(octets).buffer
