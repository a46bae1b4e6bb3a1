import { Eid } from '@/lib/rsp/identifiers'
import { RspError, type StatusName } from '@/lib/rsp/status'
import { type Certificate, CertificateError, type EcPublicKey, parseCertificate, verifyCertificate } from './certificate'
import { attributeValues, type DistinguishedName } from './name'
import { ATTRIBUTE, EXTENSION, KEY_USAGE } from './oids'
import { claimedRole, hasV2Policy } from './role'

/** A root that the server trusts. `keyId`: its SubjectKeyIdentifier, upper-case hexadecimal. */
export interface TrustedCi {
  keyId: string
  certificate: Certificate
}

export interface EuiccChain {
  eum: Certificate
  euicc: Certificate
  /** The CI that initiateAuthentication chose (euiccCiPKIdToBeUsed). */
  ci: TrustedCi
  now: Date
  /** Says whether the issuer with this key identifier revoked this serial number (both upper-case hexadecimal). */
  isRevoked?: (issuerKeyId: string, serialNumber: string) => boolean
  /** A stand-in for checkEum that remembers which CERT.EUM it has passed under which CI. */
  checkEum?: (eum: Certificate, ci: TrustedCi) => void
}

/**
 * SGP.22 §5.6.3: checks CERT.EUM and CERT.EUICC as they came in AuthenticateServerResponse, in the order key identifier,
 * validity of both, CERT.EUM, CERT.EUICC.
 * @throws RspError ciKeyUnknown, eumCertificateInvalid, eumCertificateExpired, euiccCertificateInvalid, euiccCertificateExpired
 */
export function checkEuiccChain(chain: EuiccChain): { eid: Eid; publicKey: EcPublicKey } {
  const { eum, euicc, ci, now, isRevoked } = chain
  checkEumKeyId(eum, ci)
  checkCurrent(eum, 'CERT.EUM', eumStatus, now, isRevoked)
  checkCurrent(euicc, 'CERT.EUICC', euiccStatus, now, isRevoked)
  const check = chain.checkEum ?? checkEum
  check(eum, ci)
  return checkEuicc(euicc, eum)
}

/** Reads CERT.EUM as received. @throws RspError eumCertificateInvalid */
export const readEumCertificate = (der: Buffer): Certificate => readAs(der, eumStatus.invalid)

/** Reads CERT.EUICC as received. @throws RspError euiccCertificateInvalid */
export const readEuiccCertificate = (der: Buffer): Certificate => readAs(der, euiccStatus.invalid)

/** CERT.EUM must name the chosen CI by key identifier. @throws RspError eumCertificateInvalid, ciKeyUnknown */
export function checkEumKeyId(eum: Certificate, ci: TrustedCi): void {
  if (!eum.authorityKeyId) throw new RspError(eumStatus.invalid, 'CERT.EUM has no authorityKeyIdentifier.')
  if (eum.authorityKeyId === ci.keyId) return
  throw new RspError('ciKeyUnknown', `CERT.EUM is under the CI key ${eum.authorityKeyId}; the session uses ${ci.keyId}.`)
}

/**
 * Everything about CERT.EUM that does not change with time: profile and signature. A pass may be remembered by the hash of
 * `eum.raw` together with that of `ci.certificate.raw`; key identifier, validity and revocation are checked each time.
 * @throws RspError eumCertificateInvalid
 */
export function checkEum(eum: Certificate, ci: TrustedCi): void {
  const refuse = refuser(eumStatus.invalid)
  checkCriticalExtensions(eum, 'CERT.EUM', refuse)
  if (!eum.keyUsage) refuse('CERT.EUM has no key usage.')
  if (!eum.critical.has(EXTENSION.keyUsage)) refuse('The key usage of CERT.EUM is not critical.')
  if (!eum.keyUsage?.has(KEY_USAGE.keyCertSign)) refuse('The key of CERT.EUM may not sign certificates.')
  if (claimedRole(eum) !== 'EUM') refuse('CERT.EUM does not carry the policy of an eUICC manufacturer.')
  if (!eum.basicConstraints?.ca) refuse('CERT.EUM is not the certificate of an authority (basicConstraints).')
  if (hasV2Policy(eum, 'EUM') && eum.basicConstraints?.pathLength !== 0) refuse('The path length of CERT.EUM is not 0.')
  if (!eum.subjectKeyId) refuse('CERT.EUM has no subjectKeyIdentifier.')
  if (!verifyCertificate(eum, ci.certificate.publicKey.key)) refuse(`CERT.EUM is not signed with the CI key ${ci.keyId}.`)
}

/**
 * Profile and signature of CERT.EUICC under a CERT.EUM that has passed checkEum; says whose it is. The check digits of the
 * EID are not looked at.
 * @throws RspError euiccCertificateInvalid
 */
export function checkEuicc(euicc: Certificate, eum: Certificate): { eid: Eid; publicKey: EcPublicKey } {
  const refuse = refuser(euiccStatus.invalid)
  checkCriticalExtensions(euicc, 'CERT.EUICC', refuse)
  if (!euicc.authorityKeyId) refuse('CERT.EUICC has no authorityKeyIdentifier.')
  if (euicc.authorityKeyId !== eum.subjectKeyId) refuse('CERT.EUICC names another issuer than the CERT.EUM beside it.')
  if (!euicc.keyUsage?.has(KEY_USAGE.digitalSignature)) refuse('The key of CERT.EUICC may not sign.')
  if (euicc.keyUsage?.has(KEY_USAGE.keyCertSign)) refuse('The key of CERT.EUICC may sign certificates.')
  if (euicc.basicConstraints?.ca) refuse('CERT.EUICC is the certificate of an authority (basicConstraints).')
  if (claimedRole(euicc) !== 'EUICC') refuse('CERT.EUICC does not carry the policy of an eUICC.')
  if (!verifyCertificate(euicc, eum.publicKey.key)) refuse('CERT.EUICC is not signed with the key of CERT.EUM.')

  const [organization, ...otherOrganizations] = attributeValues(euicc.subject, ATTRIBUTE.O)
  if (!organization || otherOrganizations.length) refuse('The subject of CERT.EUICC does not name one organisation.')
  if (organization !== eum.subject.O) {
    refuse(`The organisation of CERT.EUICC (${quote(organization)}) is not that of CERT.EUM (${quote(eum.subject.O)}).`)
  }
  const [serialNumber, ...otherSerialNumbers] = attributeValues(euicc.subject, ATTRIBUTE.serialNumber)
  const eid = Eid.safeParse(serialNumber)
  if (!eid.success || otherSerialNumbers.length) throw new RspError(euiccStatus.invalid, 'CERT.EUICC does not name one EID of 32 digits.')
  checkEidRange(euicc.subject, eid.data, eum, refuse)
  return { eid: eid.data, publicKey: euicc.publicKey }
}

/** v2: the subtrees of nameConstraints, one of which must hold (RFC 5280 §4.2.1.10); v3: permittedEins; where both are there, both. */
function checkEidRange(subject: DistinguishedName, eid: Eid, eum: Certificate, refuse: Refuse): void {
  const { nameConstraints, permittedEins } = eum
  const outside = `The EID ${eid} is outside the range of CERT.EUM`
  if (!nameConstraints && !permittedEins) refuse('CERT.EUM names no range of EIDs.')
  if (permittedEins && !permittedEins.some(ein => startsWithEin(eid, ein))) {
    refuse(`${outside} (${permittedEins.map(quote).join(', ')}).`)
  }
  if (!nameConstraints) return
  const { permitted, excluded } = nameConstraints
  if (excluded.some(subtree => isWithin(subject, subtree))) refuse(`${outside}: its name constraints exclude it.`)
  const holds = (subtree: DistinguishedName) => isWithin(subject, subtree) && (permittedEins || subtree.serialNumber !== undefined)
  if (permitted.some(holds)) return
  if (permittedEins && permitted.length === 0) return
  refuse(`${outside} (${permitted.map(subtree => `${quote(subtree.O)} ${quote(subtree.serialNumber)}`).join(', ')}).`)
}

const startsWithEin = (eid: string, ein: string) => /^[0-9]{1,30}$/.test(ein) && eid.startsWith(ein)

const isWithin = (subject: DistinguishedName, subtree: DistinguishedName): boolean =>
  subtree.attributes.every(({ type, value }) =>
    attributeValues(subject, type).some(own => (type === ATTRIBUTE.serialNumber ? startsWithEin(own, value) : own === value)),
  )

interface ChainStatus {
  invalid: StatusName
  expired: StatusName
}
const eumStatus = { invalid: 'eumCertificateInvalid', expired: 'eumCertificateExpired' } as const satisfies ChainStatus
const euiccStatus = { invalid: 'euiccCertificateInvalid', expired: 'euiccCertificateExpired' } as const satisfies ChainStatus

function checkCurrent(certificate: Certificate, name: string, status: ChainStatus, now: Date, isRevoked: EuiccChain['isRevoked']): void {
  const { notBefore, notAfter, authorityKeyId, serialNumber } = certificate
  if (now > notAfter) throw new RspError(status.expired, `${name} expired on ${notAfter.toISOString()}.`)
  if (now < notBefore) throw new RspError(status.invalid, `${name} is not valid before ${notBefore.toISOString()}.`)
  if (authorityKeyId && isRevoked?.(authorityKeyId, serialNumber)) throw new RspError(status.expired, `${name} has been revoked.`)
}

type Refuse = (detail: string) => never

const refuser =
  (status: StatusName): Refuse =>
  detail => {
    throw new RspError(status, detail)
  }

function checkCriticalExtensions(certificate: Certificate, name: string, refuse: Refuse): void {
  const [unknown] = certificate.unknownCritical
  if (unknown) refuse(`${name} has the unknown critical extension ${unknown}.`)
}

function readAs(der: Buffer, status: StatusName): Certificate {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof CertificateError) throw new RspError(status, error.message)
    throw error
  }
}

const quote = (text: string | undefined) => (text === undefined ? 'none' : `“${text.slice(0, 64)}”`)
