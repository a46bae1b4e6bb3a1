import type { KeyObject } from 'node:crypto'
import type { Curve } from './curve'
import {
  ATTRIBUTE,
  authorityKeyIdOf,
  basicConstraintsOf,
  type Certificate,
  EXTENSION,
  KEY_USAGE,
  keyUsageOf,
  nameAttribute,
  permittedNamesOf,
  policiesOf,
  readCertificate,
  registeredIdOf,
  signedBy,
  subjectKeyIdOf,
} from './x509'

/** Policy of each role, SGP.22 v2 §4.5.2. */
export const ROLE_POLICY = {
  ci: '2.23.146.1.2.1.0',
  euicc: '2.23.146.1.2.1.1',
  eum: '2.23.146.1.2.1.2',
  dpTls: '2.23.146.1.2.1.3',
  dpAuth: '2.23.146.1.2.1.4',
  dpPb: '2.23.146.1.2.1.5',
  dsAuth: '2.23.146.1.2.1.7',
} as const

/** Key identifier of the GSMA production root, "GSM Association - RSP2 Root CI1". */
export const PRODUCTION_CI_KEY_ID = '81370F5125D0B1D408D4C3B232E6D25E795BEBFB'

/** A certificate that the eUICC refuses, with the reason in words. */
export class CertificateFault extends Error {
  override name = 'CertificateFault'
  constructor(
    readonly kind: 'unknownCi' | 'unsupportedCurve' | 'invalid' | 'noOid',
    message: string,
  ) {
    super(message)
  }
}

export interface ServerCertificate {
  /** registeredID, the OID of the SM-DP+ (of CERT.DSauth: the SM-DS) */
  smdpOid: string
  ciKeyId: string
  curve: Curve
  publicKey: KeyObject
}

const SERVER_ROLES = { dpAuth: 'CERT.DPauth', dpPb: 'CERT.DPpb', dsAuth: 'CERT.DSauth' } as const

/**
 * Checks CERT.DPauth, CERT.DPpb or CERT.DSauth against the trusted CIs; issuers are found by key identifier, never by name.
 * @throws CertificateFault
 */
export function checkServerCertificate(der: Buffer, role: keyof typeof SERVER_ROLES, cis: Certificate[], at: Date): ServerCertificate {
  const name = SERVER_ROLES[role]
  const certificate = readOrRefuse(der, name)
  return refusingMalformed(name, () => {
    const ciKeyId = authorityKeyIdOf(certificate)
    if (!ciKeyId) throw new CertificateFault('invalid', `${name} names no issuer key (authorityKeyIdentifier).`)
    const ci = cis.find(candidate => subjectKeyIdOf(candidate) === ciKeyId)
    if (!ci) throw new CertificateFault('unknownCi', `${name} is under the CI ${ciKeyId}, which this eUICC does not know.`)
    checkValidity(ci, 'the CI certificate', at)
    if (!certificate.curve) throw new CertificateFault('unsupportedCurve', `${name} has a key on a curve that this eUICC does not support.`)
    if (!signedBy(certificate, ci)) throw new CertificateFault('invalid', `The signature of ${name} does not verify with the CI's key.`)
    checkValidity(certificate, name, at)
    checkProfile(certificate, name, ROLE_POLICY[role], KEY_USAGE.digitalSignature)
    if (keyUsageOf(certificate)?.has(KEY_USAGE.keyCertSign) || basicConstraintsOf(certificate)?.ca) {
      throw new CertificateFault('invalid', `${name} claims to be a certificate authority.`)
    }
    const smdpOid = registeredIdOf(certificate)
    if (!smdpOid) throw new CertificateFault('noOid', `${name} has no registeredID in its subjectAltName, so no SM-DP+ OID.`)
    return { smdpOid, ciKeyId, curve: certificate.curve, publicKey: certificate.publicKey }
  })
}

/** Checks a root that a card is to trust: self-signed, CA, policy of a CI, and not of the live network. @throws CertificateFault */
export function checkTestCi(ci: Certificate): string {
  return refusingMalformed('The CI certificate', () => {
    const keyId = subjectKeyIdOf(ci)
    if (!keyId) throw new CertificateFault('invalid', 'The CI certificate has no subjectKeyIdentifier.')
    if (keyId === PRODUCTION_CI_KEY_ID) {
      throw new CertificateFault('invalid', 'This is the production root of the GSMA; a virtual phone works with test CIs only.')
    }
    if (!ci.curve)
      throw new CertificateFault('unsupportedCurve', 'The CI certificate has a key on a curve that this eUICC does not support.')
    if (!signedBy(ci, ci)) throw new CertificateFault('invalid', 'The CI certificate is not signed by itself.')
    if (!basicConstraintsOf(ci)?.ca) throw new CertificateFault('invalid', 'The CI certificate is not a certificate authority.')
    checkProfile(ci, 'The CI certificate', ROLE_POLICY.ci, KEY_USAGE.keyCertSign)
    return keyId
  })
}

/** Checks CERT.EUM under one of the CIs. @returns the CI's key identifier @throws CertificateFault */
export function checkEum(eum: Certificate, cis: Certificate[]): string {
  return refusingMalformed('CERT.EUM', () => {
    const ciKeyId = authorityKeyIdOf(eum)
    const ci = cis.find(candidate => ciKeyId && subjectKeyIdOf(candidate) === ciKeyId)
    if (!ci || !ciKeyId) throw new CertificateFault('unknownCi', 'CERT.EUM is not under any of the CI certificates given.')
    if (!signedBy(eum, ci)) throw new CertificateFault('invalid', "The signature of CERT.EUM does not verify with the CI's key.")
    if (!basicConstraintsOf(eum)?.ca) throw new CertificateFault('invalid', 'CERT.EUM is not a certificate authority.')
    checkProfile(eum, 'CERT.EUM', ROLE_POLICY.eum, KEY_USAGE.keyCertSign)
    return ciKeyId
  })
}

/** Checks CERT.EUICC under CERT.EUM. @returns the EID @throws CertificateFault */
export function checkEuicc(euicc: Certificate, eum: Certificate): string {
  return refusingMalformed('CERT.EUICC', () => {
    if (authorityKeyIdOf(euicc) !== subjectKeyIdOf(eum)) throw new CertificateFault('invalid', 'CERT.EUICC is not under this CERT.EUM.')
    if (!signedBy(euicc, eum)) throw new CertificateFault('invalid', "The signature of CERT.EUICC does not verify with the EUM's key.")
    checkProfile(euicc, 'CERT.EUICC', ROLE_POLICY.euicc, KEY_USAGE.digitalSignature)
    const eid = nameAttribute(euicc.subject, ATTRIBUTE.serialNumber)
    const organization = nameAttribute(euicc.subject, ATTRIBUTE.organization)
    if (!eid || !/^\d{32}$/.test(eid)) throw new CertificateFault('invalid', 'CERT.EUICC carries no EID.')
    for (const permitted of permittedNamesOf(eum)) {
      if (permitted.organization !== organization || !eid.startsWith(permitted.eidPrefix ?? '')) {
        throw new CertificateFault('invalid', `The EID ${eid} is outside the range of its EUM.`)
      }
    }
    return eid
  })
}

const understood: readonly string[] = [
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.crlDistributionPoints,
  EXTENSION.certificatePolicies,
  EXTENSION.authorityKeyIdentifier,
]

function checkProfile(certificate: Certificate, name: string, policy: string, usage: number): void {
  const refuse = (reason: string) => new CertificateFault('invalid', `${name} ${reason}`)
  for (const [oid, extension] of certificate.extensions) {
    if (extension.critical && !understood.includes(oid)) throw refuse(`has the critical extension ${oid}, which this eUICC does not know.`)
  }
  if (!subjectKeyIdOf(certificate)) throw refuse('has no subjectKeyIdentifier.')
  if (!certificate.extensions.get(EXTENSION.keyUsage)?.critical) throw refuse('has no critical keyUsage.')
  if (!keyUsageOf(certificate)?.has(usage)) throw refuse('has a keyUsage that does not allow its role.')
  if (!certificate.extensions.get(EXTENSION.certificatePolicies)?.critical) throw refuse('has no critical certificatePolicies.')
  if (!policiesOf(certificate).includes(policy)) throw refuse(`does not carry the policy ${policy} of its role.`)
}

function checkValidity(certificate: Certificate, name: string, at: Date): void {
  if (at < certificate.notBefore) throw new CertificateFault('invalid', `${name} is not valid yet.`)
  if (at > certificate.notAfter)
    throw new CertificateFault('invalid', `${name} expired on ${certificate.notAfter.toISOString().slice(0, 10)}.`)
}

function readOrRefuse(der: Buffer, name: string): Certificate {
  return refusingMalformed(name, () => readCertificate(der))
}

function refusingMalformed<T>(name: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CertificateFault) throw error
    throw new CertificateFault('invalid', `${name} cannot be read: ${error instanceof Error ? error.message : 'malformed'}.`)
  }
}
