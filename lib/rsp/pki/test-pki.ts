import type { KeyObject } from 'node:crypto'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { type Certificate, parseCertificate } from './certificate'
import { issueCertificate } from './issue'

export interface EcKeyPair {
  privateKey: KeyObject
  publicKey: KeyObject
}

export interface IssuedCredential {
  /** DER. */
  certificate: Buffer
  privateKey: KeyObject
}

/** Chance and time, as parameters. */
export interface IssuingContext {
  now: Date
  random: (octets: number) => Buffer
  generateKeyPair: (curve: Curve) => EcKeyPair
}

export interface TestPki {
  ci: IssuedCredential
  eum: IssuedCredential
  dpAuth: IssuedCredential
  dpPb: IssuedCredential
  /** With P-256 only: TLS is served on that curve, whatever the CI. */
  dpTls?: IssuedCredential
}

/** The digits with which EIDs of the test manufacturer begin: country code 999 is given to nobody. */
export const testEidPrefix = '89999123'

const testCiOid = '2.999.1'
const testEumOid = '2.999.5'
const dpTlsDays = 397
const noExpiry = new Date('9999-12-31T23:59:59Z')
const maxCommonName = 64

/**
 * Makes the complete PKI of a first start: CI, EUM, DPauth, DPpb and (P-256) DPtls, with subjects that say it is a test.
 * @param request.dnsNames hosts of CERT.DPtls, the SM-DP+ address first, without ports
 * @param request.oid SM-DP+ OID
 */
export function makeTestPki(request: { curve: Curve; dnsNames: readonly string[]; oid: string }, context: IssuingContext): TestPki {
  const { curve, dnsNames, oid } = request
  const suffix = curve === 'P-256' ? '' : ` (${curve})`
  const notBefore = startOf(context.now)
  const keys = { ci: context.generateKeyPair(curve), eum: context.generateKeyPair(curve) }
  const common = { notBefore, issuerKey: keys.ci.privateKey }
  const ciDer = issueCertificate({
    ...common,
    role: 'CI',
    subject: { CN: `Slipway Test CI${suffix}`, OU: 'TESTCERT', O: 'Slipway Test' },
    publicKey: keys.ci.publicKey,
    issuer: 'self',
    serialNumber: newSerialNumber(context),
    notAfter: yearsAfter(notBefore, 35),
    oid: testCiOid,
  })
  const ci = parseCertificate(ciDer)
  const eum = issueCertificate({
    ...common,
    role: 'EUM',
    subject: { O: 'Slipway Test EUM', CN: `Slipway Test EUM${suffix}` },
    publicKey: keys.eum.publicKey,
    issuer: ci,
    serialNumber: newSerialNumber(context),
    notAfter: yearsAfter(notBefore, 34),
    oid: testEumOid,
    eidPrefix: testEidPrefix,
  })
  const issueDp = (role: 'DPauth' | 'DPpb', CN: string): IssuedCredential => {
    const { privateKey, publicKey } = context.generateKeyPair(curve)
    const serialNumber = newSerialNumber(context)
    const subject = { O: 'Slipway Test', CN: `${CN}${suffix}` }
    const certificate = issueCertificate({
      ...common,
      role,
      subject,
      publicKey,
      issuer: ci,
      serialNumber,
      notAfter: yearsAfter(notBefore, 5),
      oid,
    })
    return { certificate, privateKey }
  }
  return {
    ci: { certificate: ciDer, privateKey: keys.ci.privateKey },
    eum: { certificate: eum, privateKey: keys.eum.privateKey },
    dpAuth: issueDp('DPauth', 'Slipway Test SM-DP+ authentication'),
    dpPb: issueDp('DPpb', 'Slipway Test SM-DP+ profile binding'),
    dpTls: curve === 'P-256' ? issueTls({ ci, ciKey: keys.ci.privateKey, dnsNames, oid }, context) : undefined,
  }
}

/** Issues a new CERT.DPtls, with a new key, for 397 days: when the last one expires or the SM-DP+ address changes. */
export function issueTls(
  request: { ci: Certificate; ciKey: KeyObject; dnsNames: readonly string[]; oid: string },
  context: IssuingContext,
): IssuedCredential {
  const { ci, ciKey, dnsNames, oid } = request
  const { privateKey, publicKey } = context.generateKeyPair('P-256')
  const notBefore = startOf(context.now)
  const [host = ''] = dnsNames
  const certificate = issueCertificate({
    role: 'DPtls',
    subject: { O: 'Slipway Test', CN: host.length && host.length <= maxCommonName ? host : 'Slipway Test SM-DP+ TLS' },
    publicKey,
    issuer: ci,
    issuerKey: ciKey,
    serialNumber: newSerialNumber(context),
    notBefore,
    notAfter: new Date(notBefore.getTime() + dpTlsDays * 86_400_000),
    oid,
    dnsNames,
  })
  return { certificate, privateKey }
}

/** Issues CERT.EUICC for one EID under a test EUM, with a new key on the EUM's curve; it never expires. */
export function issueEuicc(request: { eid: string; eum: Certificate; eumKey: KeyObject }, context: IssuingContext): IssuedCredential {
  const { eid, eum, eumKey } = request
  const { privateKey, publicKey } = context.generateKeyPair(eum.publicKey.curve)
  const certificate = issueCertificate({
    role: 'EUICC',
    subject: { C: eum.subject.C, O: eum.subject.O, serialNumber: eid, CN: 'Test eUICC' },
    publicKey,
    issuer: eum,
    issuerKey: eumKey,
    serialNumber: newSerialNumber(context),
    notBefore: startOf(context.now),
    notAfter: noExpiry,
  })
  return { certificate, privateKey }
}

/** An hour back, in whole seconds: the clocks of devices differ a little. */
const startOf = (now: Date): Date => new Date(Math.floor(now.getTime() / 1000) * 1000 - 3_600_000)

function yearsAfter(date: Date, years: number): Date {
  const later = new Date(date)
  later.setUTCFullYear(later.getUTCFullYear() + years)
  return later
}

/** 16 octets with the top bits 01: positive, and never shorter. */
function newSerialNumber({ random }: IssuingContext): Buffer {
  const octets = Buffer.from(random(16))
  octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40
  return octets
}
