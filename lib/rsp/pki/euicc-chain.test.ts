import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CURVES, type Curve } from '@/lib/rsp/crypto/curves'
import { RspError, STATUS } from '@/lib/rsp/status'
import { bitsValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { type Certificate, parseCertificate } from './certificate'
import { certificatesFromFile } from './credential-file'
import { checkEuiccChain, checkEum, type EuiccChain, readEuiccCertificate, readEumCertificate } from './euicc-chain'
import { type CertificateExtension, type IssueRequest, issueCertificate } from './issue'
import { EXTENSION, KEY_USAGE } from './oids'

const now = new Date('2026-10-01T00:00:00Z')
const generate = (curve: Curve = 'P-256') => generateKeyPairSync('ec', { namedCurve: CURVES[curve].openssl })
const keys = { ci: generate(), otherCi: generate(), eum: generate(), euicc: generate() }
const EID = '89999123000000000000000000000042'
const expired = { notBefore: new Date('2010-01-01T00:00:00Z'), notAfter: new Date('2015-01-01T00:00:00Z') }
const future = { notBefore: new Date('2027-01-01T00:00:00Z') }
const dates = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2050-01-01T00:00:00Z') }

type Over = Partial<IssueRequest>
const makeCi = (pair: { publicKey: KeyObject; privateKey: KeyObject }) =>
  parseCertificate(
    issueCertificate({
      role: 'CI',
      subject: { CN: 'Test CI' },
      publicKey: pair.publicKey,
      issuer: 'self',
      issuerKey: pair.privateKey,
      serialNumber: randomBytes(8),
      ...dates,
    }),
  )
const ci = makeCi(keys.ci)
const otherCi = makeCi(keys.otherCi)
const trusted = { keyId: ci.subjectKeyId ?? '', certificate: ci }

const makeEum = (over: Over = {}) =>
  parseCertificate(
    issueCertificate({
      role: 'EUM',
      subject: { C: 'IT', O: 'Test EUM', CN: 'EUM' },
      publicKey: keys.eum.publicKey,
      issuer: ci,
      issuerKey: keys.ci.privateKey,
      serialNumber: Buffer.of(2),
      eidPrefix: '89999123',
      ...dates,
      ...over,
    }),
  )
const eum = makeEum()
const euiccSubject = { C: 'IT', O: 'Test EUM', serialNumber: EID, CN: 'eUICC' }
const makeEuicc = (over: Over = {}) =>
  parseCertificate(
    issueCertificate({
      role: 'EUICC',
      subject: euiccSubject,
      publicKey: keys.euicc.publicKey,
      issuer: eum,
      issuerKey: keys.eum.privateKey,
      serialNumber: Buffer.of(3),
      ...dates,
      ...over,
    }),
  )
const euicc = makeEuicc()

const check = (over: Partial<EuiccChain> = {}) => checkEuiccChain({ eum, euicc, ci: trusted, now, ...over })

function codeOf(act: () => unknown): { code: string; detail: string } {
  try {
    act()
  } catch (error) {
    if (!(error instanceof RspError)) throw error
    const { subjectCode, reasonCode } = STATUS[error.status]
    return { code: `${subjectCode}/${reasonCode}`, detail: error.detail ?? '' }
  }
  return { code: 'passed', detail: '' }
}

type Adjust = (profile: CertificateExtension[]) => CertificateExtension[]
const without =
  (...oids: string[]): Adjust =>
  profile =>
    profile.filter(item => !oids.includes(item.oid))
const replaced =
  (oid: string, change: Partial<CertificateExtension>): Adjust =>
  profile =>
    profile.map(item => (item.oid === oid ? { ...item, ...change } : item))
const added =
  (oid: string, critical: boolean, value: Buffer): Adjust =>
  profile => [...profile, { oid, critical, value }]
const usage = (...bits: number[]) => tlv(0x03, bitsValue(bits))
const policy = (oid: string) => tlv(0x30, tlv(0x30, tlv(0x06, oidValue(oid))))
const attribute = (oid: string, text: string) => tlv(0x31, tlv(0x30, tlv(0x06, oidValue(oid)), tlv(0x13, Buffer.from(text))))
const subtree = (...attributes: Buffer[]) => tlv(0x30, tlv(0xa4, tlv(0x30, ...attributes)))
const O = (text: string) => attribute('2.5.4.10', text)
const EIN = (text: string) => attribute('2.5.4.5', text)
const constraints = (...subtrees: Buffer[]) => ({ value: tlv(0x30, tlv(0xa0, ...subtrees)) })

describe('§5.6.3 a chain that holds', () => {
  test('the public set: CI 2017, EUM 2017, eUICC', () => {
    const load = (name: string) =>
      certificatesFromFile(readFileSync(join(import.meta.dirname, '../testdata/sgp26', name)))[0] ?? Buffer.alloc(0)
    const root = parseCertificate(load('CERT_CI_2017_ECDSA_NIST.der'))
    const answer = checkEuiccChain({
      eum: readEumCertificate(load('CERT_EUM_2017_ECDSA_NIST.der')),
      euicc: readEuiccCertificate(load('CERT_EUICC_ECDSA_NIST.der')),
      ci: { keyId: 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3', certificate: root },
      now,
    })
    expect(answer.eid).toBe('89049032123451234512345678901235')
    expect(answer.publicKey.curve).toBe('P-256')
    const young = parseCertificate(load('CERT_CI_ECDSA_NIST.pem'))
    const eumOf2020 = parseCertificate(load('CERT_EUM_ECDSA_NIST.der'))
    expect(() => checkEum(eumOf2020, { keyId: 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3', certificate: young })).not.toThrow()
  })

  test('answers with the EID of the subject and the key of CERT.EUICC', () => {
    const { eid, publicKey } = check()
    expect(eid).toBe(EID)
    expect(publicKey.key.equals(keys.euicc.publicKey)).toBe(true)
  })

  test('check digits of the EID are not looked at', () => {
    expect(BigInt(EID) % 97n).not.toBe(1n)
    expect(check().eid).toBe(EID)
  })

  test('a chain on brainpoolP256r1', () => {
    const pair = { ci: generate('brainpoolP256r1'), eum: generate('brainpoolP256r1'), euicc: generate('brainpoolP256r1') }
    const root = makeCi(pair.ci)
    const maker = makeEum({ issuer: root, issuerKey: pair.ci.privateKey, publicKey: pair.eum.publicKey })
    const card = makeEuicc({ issuer: maker, issuerKey: pair.eum.privateKey, publicKey: pair.euicc.publicKey })
    const answer = check({ ci: { keyId: root.subjectKeyId ?? '', certificate: root }, eum: maker, euicc: card })
    expect(answer.publicKey.curve).toBe('brainpoolP256r1')
  })

  test('the v3 policies and permittedEins in place of name constraints', () => {
    const maker = makeEum({
      eidPrefix: undefined,
      adjustExtensions: profile => {
        const v3 = replaced(EXTENSION.certificatePolicies, { value: policy('2.23.146.1.2.1.0.0.0') })(profile)
        return added(EXTENSION.permittedEins, true, tlv(0x30, tlv(0x13, Buffer.from('12345')), tlv(0x13, Buffer.from('8999'))))(v3)
      },
    })
    const card = makeEuicc({ adjustExtensions: replaced(EXTENSION.certificatePolicies, { value: policy('2.23.146.1.2.1.0.0.0.0.0') }) })
    expect(check({ eum: maker, euicc: card }).eid).toBe(EID)
  })

  test('of several permitted subtrees one must hold', () => {
    const two = constraints(subtree(O('Test EUM'), EIN('89999000')), subtree(O('Test EUM'), EIN('89999123')))
    expect(check({ eum: makeEum({ adjustExtensions: replaced(EXTENSION.nameConstraints, two) }) }).eid).toBe(EID)
  })

  test('an unknown extension that is not critical is passed over', () => {
    const adjustExtensions = added('1.2.3.4', false, Buffer.from('0500', 'hex'))
    expect(check({ eum: makeEum({ adjustExtensions }), euicc: makeEuicc({ adjustExtensions }) }).eid).toBe(EID)
  })

  test('a caller may remember which CERT.EUM has passed', () => {
    const seen: string[] = []
    const checkEumOnce = (certificate: Certificate) => void seen.push(certificate.serialNumber)
    expect(check({ checkEum: checkEumOnce }).eid).toBe(EID)
    expect(seen).toEqual(['02'])
  })
})

describe('§5.6.3 CERT.EUM', () => {
  const refused: [string, Over, string, RegExp][] = [
    [
      'without authorityKeyIdentifier',
      { adjustExtensions: without(EXTENSION.authorityKeyIdentifier) },
      '8.1.2/6.1',
      /no authorityKeyIdentifier/,
    ],
    ['under another CI', { issuer: otherCi, issuerKey: keys.otherCi.privateKey }, '8.11.1/3.9', /is under the CI key/],
    ['after its end', expired, '8.1.2/6.3', /expired on 2015-01-01/],
    ['before its start', future, '8.1.2/6.1', /not valid before 2027/],
    ['signed by a stranger that names the CI', { issuerKey: keys.otherCi.privateKey }, '8.1.2/6.1', /not signed with the CI key/],
    ['without key usage', { adjustExtensions: without(EXTENSION.keyUsage) }, '8.1.2/6.1', /no key usage/],
    [
      'with a key usage that is not critical',
      { adjustExtensions: replaced(EXTENSION.keyUsage, { critical: false }) },
      '8.1.2/6.1',
      /not critical/,
    ],
    [
      'with key usage digitalSignature only',
      { adjustExtensions: replaced(EXTENSION.keyUsage, { value: usage(KEY_USAGE.digitalSignature) }) },
      '8.1.2/6.1',
      /may not sign certificates/,
    ],
    [
      'with the policy of DPauth',
      { adjustExtensions: replaced(EXTENSION.certificatePolicies, { value: policy('2.23.146.1.2.1.4') }) },
      '8.1.2/6.1',
      /policy of an eUICC manufacturer/,
    ],
    ['without policies', { adjustExtensions: without(EXTENSION.certificatePolicies) }, '8.1.2/6.1', /policy of an eUICC manufacturer/],
    [
      'without basicConstraints',
      { adjustExtensions: without(EXTENSION.basicConstraints) },
      '8.1.2/6.1',
      /not the certificate of an authority/,
    ],
    [
      'that is no CA',
      { adjustExtensions: replaced(EXTENSION.basicConstraints, { value: tlv(0x30) }) },
      '8.1.2/6.1',
      /not the certificate of an authority/,
    ],
    [
      'without path length',
      { adjustExtensions: replaced(EXTENSION.basicConstraints, { value: Buffer.from('30030101FF', 'hex') }) },
      '8.1.2/6.1',
      /path length/,
    ],
    [
      'with path length 1',
      { adjustExtensions: replaced(EXTENSION.basicConstraints, { value: Buffer.from('30060101FF020101', 'hex') }) },
      '8.1.2/6.1',
      /path length/,
    ],
    ['without subjectKeyIdentifier', { adjustExtensions: without(EXTENSION.subjectKeyIdentifier) }, '8.1.2/6.1', /no subjectKeyIdentifier/],
    [
      'with an unknown critical extension',
      { adjustExtensions: added('1.2.3.4', true, Buffer.from('0500', 'hex')) },
      '8.1.2/6.1',
      /unknown critical extension 1\.2\.3\.4/,
    ],
  ]
  test.each(refused)('%s is refused', (_, over, code, detail) => {
    expect(codeOf(() => check({ eum: makeEum(over) }))).toEqual({ code, detail: expect.stringMatching(detail) })
  })

  test('self-signed and without authorityKeyIdentifier (8.1.2/6.1)', () => {
    const selfSigned = makeEum({ issuer: 'self', issuerKey: keys.eum.privateKey })
    expect(codeOf(() => check({ eum: selfSigned })).code).toBe('8.1.2/6.1')
  })

  const wrongProfile: Adjust = profile =>
    without(EXTENSION.basicConstraints)(
      replaced(EXTENSION.certificatePolicies, { value: policy('2.23.146.1.2.1.4') })(
        replaced(EXTENSION.keyUsage, { value: usage(KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign) })(profile),
      ),
    )

  test('expired with wrong policy, key usage and no basicConstraints is called expired (8.1.2/6.3)', () => {
    expect(codeOf(() => check({ eum: makeEum({ ...expired, adjustExtensions: wrongProfile }) })).code).toBe('8.1.2/6.3')
  })

  test('under an unknown CI with the same defects, expired too, is called unknown (8.11.1/3.9)', () => {
    const foreign = makeEum({ ...expired, issuer: otherCi, issuerKey: keys.otherCi.privateKey, adjustExtensions: wrongProfile })
    expect(codeOf(() => check({ eum: foreign })).code).toBe('8.11.1/3.9')
  })

  test('an expired CERT.EUICC is named before the profile of CERT.EUM', () => {
    expect(codeOf(() => check({ eum: makeEum({ adjustExtensions: wrongProfile }), euicc: makeEuicc(expired) })).code).toBe('8.1.3/6.3')
  })

  test('a revoked one is refused (8.1.2/6.3)', () => {
    const isRevoked = (keyId: string, serial: string) => keyId === trusted.keyId && serial === '02'
    expect(codeOf(() => check({ isRevoked }))).toEqual({ code: '8.1.2/6.3', detail: 'CERT.EUM has been revoked.' })
  })

  test('octets that are no certificate (8.1.2/6.1)', () => {
    expect(codeOf(() => readEumCertificate(Buffer.from('3000', 'hex'))).code).toBe('8.1.2/6.1')
  })
})

describe('§5.6.3 CERT.EUICC', () => {
  const refused: [string, Over, string, RegExp][] = [
    ['after its end', expired, '8.1.3/6.3', /expired on 2015-01-01/],
    ['before its start', future, '8.1.3/6.1', /not valid before 2027/],
    ['signed by a stranger', { issuerKey: keys.ci.privateKey }, '8.1.3/6.1', /not signed with the key of CERT.EUM/],
    [
      'without authorityKeyIdentifier',
      { adjustExtensions: without(EXTENSION.authorityKeyIdentifier) },
      '8.1.3/6.1',
      /no authorityKeyIdentifier/,
    ],
    [
      'self-signed with another O',
      { issuer: 'self', issuerKey: keys.euicc.privateKey, subject: { ...euiccSubject, O: 'X' } },
      '8.1.3/6.1',
      /./,
    ],
    ['that names another issuer', { issuer: ci }, '8.1.3/6.1', /names another issuer/],
    ['without key usage', { adjustExtensions: without(EXTENSION.keyUsage) }, '8.1.3/6.1', /may not sign\./],
    [
      'that may sign certificates',
      { adjustExtensions: replaced(EXTENSION.keyUsage, { value: usage(KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign) }) },
      '8.1.3/6.1',
      /may sign certificates/,
    ],
    [
      'with key usage keyCertSign only',
      { adjustExtensions: replaced(EXTENSION.keyUsage, { value: usage(KEY_USAGE.keyCertSign) }) },
      '8.1.3/6.1',
      /may not sign/,
    ],
    [
      'that is a CA',
      { adjustExtensions: added(EXTENSION.basicConstraints, true, Buffer.from('30030101FF', 'hex')) },
      '8.1.3/6.1',
      /authority/,
    ],
    [
      'with the policy of an EUM',
      { adjustExtensions: replaced(EXTENSION.certificatePolicies, { value: policy('2.23.146.1.2.1.2') }) },
      '8.1.3/6.1',
      /policy of an eUICC/,
    ],
    ['of another organisation', { subject: { ...euiccSubject, O: 'Other' } }, '8.1.3/6.1', /organisation of CERT.EUICC \(“Other”\)/],
    ['without organisation', { subject: { serialNumber: EID } }, '8.1.3/6.1', /does not name one organisation/],
    ['without EID', { subject: { O: 'Test EUM' } }, '8.1.3/6.1', /one EID of 32 digits/],
    ['with an EID of 31 digits', { subject: { ...euiccSubject, serialNumber: EID.slice(1) } }, '8.1.3/6.1', /one EID of 32 digits/],
    [
      'with letters in the EID',
      { subject: { ...euiccSubject, serialNumber: `${EID.slice(0, 31)}A` } },
      '8.1.3/6.1',
      /one EID of 32 digits/,
    ],
    [
      'with an EID outside the range',
      { subject: { ...euiccSubject, serialNumber: EID.replace('9123', '9124') } },
      '8.1.3/6.1',
      /outside the range/,
    ],
    [
      'with an unknown critical extension',
      { adjustExtensions: added('1.2.3.4', true, Buffer.from('0500', 'hex')) },
      '8.1.3/6.1',
      /unknown critical extension/,
    ],
  ]
  test.each(refused)('%s is refused', (_, over, code, detail) => {
    expect(codeOf(() => check({ euicc: makeEuicc(over) }))).toEqual({ code, detail: expect.stringMatching(detail) })
  })

  test('a revoked one is refused (8.1.3/6.3)', () => {
    const isRevoked = (keyId: string, serial: string) => keyId === eum.subjectKeyId && serial === '03'
    expect(codeOf(() => check({ isRevoked })).code).toBe('8.1.3/6.3')
  })

  test('octets that are no certificate, and a key off its curve (8.1.3/6.1)', () => {
    expect(codeOf(() => readEuiccCertificate(Buffer.alloc(9))).code).toBe('8.1.3/6.1')
    const der = Buffer.from(euicc.raw)
    der.fill(7, der.indexOf(euicc.publicKey.point) + 1, der.indexOf(euicc.publicKey.point) + 5)
    expect(codeOf(() => readEuiccCertificate(der))).toEqual({
      code: '8.1.3/6.1',
      detail: 'The key of the certificate is not a point on its curve.',
    })
  })

  const ranges: [string, Over][] = [
    ['no range at all', { eidPrefix: undefined }],
    ['another organisation', { adjustExtensions: replaced(EXTENSION.nameConstraints, constraints(subtree(O('Other'), EIN('89999123')))) }],
    ['another EIN', { adjustExtensions: replaced(EXTENSION.nameConstraints, constraints(subtree(O('Test EUM'), EIN('89999124')))) }],
    ['a subtree without EIN', { adjustExtensions: replaced(EXTENSION.nameConstraints, constraints(subtree(O('Test EUM')))) }],
    ['an empty EIN', { adjustExtensions: replaced(EXTENSION.nameConstraints, constraints(subtree(O('Test EUM'), EIN('')))) }],
    [
      'another country',
      { adjustExtensions: replaced(EXTENSION.nameConstraints, constraints(subtree(attribute('2.5.4.6', 'FR'), EIN('89999123')))) },
    ],
    [
      'the EID excluded',
      {
        adjustExtensions: replaced(EXTENSION.nameConstraints, {
          value: tlv(0x30, tlv(0xa0, subtree(EIN('8999'))), tlv(0xa1, subtree(EIN('89999123')))),
        }),
      },
    ],
    [
      'permittedEins that contradict the name constraints',
      { adjustExtensions: added(EXTENSION.permittedEins, false, tlv(0x30, tlv(0x13, Buffer.from('1234')))) },
    ],
    [
      'an empty list of permittedEins',
      { adjustExtensions: profile => added(EXTENSION.permittedEins, false, tlv(0x30))(without(EXTENSION.nameConstraints)(profile)) },
    ],
  ]
  test.each(ranges)('under a CERT.EUM with %s is refused (8.1.3/6.1)', (_, over) => {
    expect(codeOf(() => check({ eum: makeEum(over) })).code).toBe('8.1.3/6.1')
  })

  test('with two EIDs in its subject is refused (8.1.3/6.1)', () => {
    const other = EID.replace('42', '43')
    const subject = { raw: euicc.subject.raw, attributes: [...euicc.subject.attributes, { type: '2.5.4.5', value: other }] }
    expect(codeOf(() => check({ euicc: { ...euicc, subject } }))).toEqual({
      code: '8.1.3/6.1',
      detail: 'CERT.EUICC does not name one EID of 32 digits.',
    })
  })
})
