import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CURVES, type Curve } from '@/lib/rsp/crypto/curves'
import { CertificateError, parseCertificate } from './certificate'
import { certificatesFromFile, privateKeyFromFile } from './credential-file'
import { assembleCredentials, type CredentialFile, type ImportReport } from './dp-credentials'
import { type CertificateExtension, type IssueRequest, issueCertificate } from './issue'
import { EXTENSION } from './oids'
import { type IssuedCredential, makeTestPki } from './test-pki'

const folder = join(import.meta.dirname, '../testdata/sgp26')
const sgp26 = readdirSync(folder).map(name => ({ name, bytes: readFileSync(join(folder, name)) }))
const fileOf = (name: string) => sgp26.find(file => file.name === name)?.bytes ?? Buffer.alloc(0)
const now = new Date('2026-10-01T00:00:00Z')
const nist = 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3'
const brainpool = 'C0BC70BA36929D43B467FF57570530E57AB8FCD8'
const without = (files: CredentialFile[], ...names: string[]) => files.filter(file => !names.includes(file.name))
const sentences = (report: ImportReport) => report.problems.map(problem => `${problem.file}: ${problem.sentence}`)

const generateKeyPair = (curve: Curve) => generateKeyPairSync('ec', { namedCurve: CURVES[curve].openssl })
const context = { now, random: randomBytes, generateKeyPair }
const pki = makeTestPki({ curve: 'P-256', dnsNames: ['localhost'], oid: '2.999.77' }, context)
const ci = parseCertificate(pki.ci.certificate)
const keyFile = (key: KeyObject, type: 'sec1' | 'pkcs8' = 'pkcs8') => key.export({ format: 'der', type })
const pair = (name: string, { certificate, privateKey }: IssuedCredential): CredentialFile[] => [
  { name: `${name}.der`, bytes: certificate },
  { name: `${name}.key`, bytes: keyFile(privateKey) },
]
const ciFile = { name: 'ci.der', bytes: pki.ci.certificate }
const own = [ciFile, ...pair('auth', pki.dpAuth), ...pair('pb', pki.dpPb), ...(pki.dpTls ? pair('tls', pki.dpTls) : [])]

const reissue = (role: 'DPauth' | 'DPpb' | 'DPtls', over: Partial<IssueRequest> = {}, curve: Curve = 'P-256'): IssuedCredential => {
  const { privateKey, publicKey } = generateKeyPair(curve)
  const certificate = issueCertificate({
    role,
    subject: { O: 'Test', CN: role },
    publicKey,
    issuer: ci,
    issuerKey: pki.ci.privateKey,
    serialNumber: randomBytes(8),
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2030-01-01T00:00:00Z'),
    oid: '2.999.77',
    dnsNames: role === 'DPtls' ? ['localhost'] : undefined,
    ...over,
  })
  return { certificate, privateKey }
}

const leaveOut = (oid: string) => (profile: CertificateExtension[]) => profile.filter(extension => extension.oid !== oid)

describe('the SGP.26 folder', () => {
  const report = assembleCredentials(sgp26, { now })

  test('imports without a problem: both CIs, DPauth and DPpb of both, one OID', () => {
    expect(report.problems).toEqual([])
    expect(report.cis.map(({ keyId, curve, name, file }) => [keyId, curve, name, file]).sort()).toEqual([
      [brainpool, 'brainpoolP256r1', 'Test CI', 'CERT_CI_ECDSA_BRP.pem'],
      [nist, 'P-256', 'Test CI', 'CERT_CI_ECDSA_NIST.pem'],
    ])
    const summary = report.credentials.map(({ role, ciKeyId, curve, oid }) => `${role} ${curve} ${oid} ${ciKeyId}`).sort()
    expect(summary).toEqual([
      `DPauth P-256 2.999.10 ${nist}`,
      `DPauth brainpoolP256r1 2.999.10 ${brainpool}`,
      `DPpb P-256 2.999.10 ${nist}`,
      `DPpb brainpoolP256r1 2.999.10 ${brainpool}`,
    ])
  })

  test('its keys come as PKCS#8 and belong to their certificates', () => {
    for (const { certificate, privateKey } of [...report.credentials, ...report.eums]) {
      const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
      expect(new X509Certificate(certificate).checkPrivateKey(key)).toBe(true)
    }
  })

  test('says that the TLS certificates expired and goes on', () => {
    expect(report.warnings).toEqual([
      { file: 'CERT_S_SM_DP_TLS_BRP.der', sentence: 'The SM-DP+ TLS certificate expired on 2026-08-02; it is left out.' },
      { file: 'CERT_S_SM_DP_TLS_NIST.der', sentence: 'The SM-DP+ TLS certificate expired on 2026-08-02; it is left out.' },
    ])
  })

  test('before they expire the NIST one is taken; the brainpool one serves no TLS', () => {
    const early = assembleCredentials(sgp26, { now: new Date('2026-07-01T00:00:00Z') })
    const tls = early.credentials.filter(credential => credential.role === 'DPtls')
    expect(tls).toMatchObject([{ curve: 'P-256', dnsNames: ['testsmdpplus1.example.com'], oid: '2.999.10', ciKeyId: nist }])
    expect(early.ignored).toContainEqual({ file: 'CERT_S_SM_DP_TLS_BRP.der', reason: expect.stringContaining('P-256') })
  })

  test('keeps the manufacturers with their key, and says why the rest is left', () => {
    expect(report.eums.map(eum => eum.file)).toEqual(['CERT_EUM_2017_ECDSA_NIST.der', 'CERT_EUM_ECDSA_NIST.der'])
    const reasons = Object.fromEntries(report.ignored.map(({ file, reason }) => [file, reason]))
    expect(reasons).toEqual({
      'CERT_CI_2017_ECDSA_NIST.der': 'Another certificate of the CI key in CERT_CI_ECDSA_NIST.pem.',
      'CERT_EUICC_ECDSA_NIST.der': 'The certificate of one eUICC; each device sends its own.',
      'README.md': 'Neither a certificate nor a private key.',
      'SK_EUICC_ECDSA_NIST.pem': 'The private key of CERT_EUICC_ECDSA_NIST.der, which is not taken.',
      'SK_S_SM_DP_TLS_BRP.pem': 'The private key of CERT_S_SM_DP_TLS_BRP.der, which is not taken.',
      'SK_S_SM_DP_TLS_NIST.pem': 'The private key of CERT_S_SM_DP_TLS_NIST.der, which is not taken.',
    })
  })

  test('with the CI of 2017 alone the certificates that name the CI of 2020 hold all the same', () => {
    const old = assembleCredentials(without(sgp26, 'CERT_CI_ECDSA_NIST.pem'), { now })
    expect(old.problems).toEqual([])
    expect(old.cis.find(found => found.keyId === nist)?.name).toBe('GSMA Test CI')
    expect(old.credentials.filter(credential => credential.ciKeyId === nist)).toHaveLength(2)
  })

  test('without a CI it is refused; with that CI known to the server it imports', () => {
    const files = without(sgp26, 'CERT_CI_ECDSA_NIST.pem', 'CERT_CI_2017_ECDSA_NIST.der')
    expect(sentences(assembleCredentials(files, { now })).join('\n')).toContain(
      `It is under the CI key ${nist}, whose certificate is neither`,
    )
    const [der = Buffer.alloc(0)] = certificatesFromFile(fileOf('CERT_CI_ECDSA_NIST.pem'))
    const known = assembleCredentials(files, { now, knownCis: [{ keyId: nist, certificate: parseCertificate(der) }] })
    expect(known.problems).toEqual([])
    expect(known.cis.map(found => found.keyId)).toEqual([brainpool])
    expect(known.credentials).toHaveLength(4)
  })

  test('the order of the files makes no difference', () => {
    const strip = ({ cis, credentials }: ImportReport) => [cis, credentials]
    expect(strip(assembleCredentials([...sgp26].reverse(), { now }))).toEqual(strip(report))
  })
})

describe('a folder that is refused', () => {
  test.each([
    ['DPpb', 'auth', 'There is no usable profile binding certificate beside it'],
    ['DPauth', 'pb', 'There is no usable authentication certificate beside it'],
  ])('without %s', (_, kept, sentence) => {
    const report = assembleCredentials([ciFile, ...own.filter(file => file.name.startsWith(kept))], { now })
    expect(sentences(report)).toEqual([expect.stringContaining(sentence)])
  })

  test('in which a certificate has no key, or another’s', () => {
    const stranger = { name: 'auth.key', bytes: keyFile(generateKeyPair('P-256').privateKey) }
    for (const files of [without(own, 'auth.key'), [...without(own, 'auth.key'), stranger]]) {
      const report = assembleCredentials(files, { now })
      expect(sentences(report)).toContain(
        'auth.der: The SM-DP+ authentication certificate cannot be used. No private key in the folder belongs to it.',
      )
    }
  })

  test('in which DPauth, DPpb or DPtls differ in their OID', () => {
    for (const [role, name] of [
      ['DPpb', 'pb'],
      ['DPtls', 'tls'],
    ] as const) {
      const files = [...without(own, `${name}.der`, `${name}.key`), ...pair(name, reissue(role, { oid: '2.999.78' }))]
      expect(sentences(assembleCredentials(files, { now }))).toEqual([expect.stringContaining('different OIDs (')])
    }
  })

  test('in which a certificate names the CI and is not signed by it', () => {
    const forged = reissue('DPauth', { issuerKey: generateKeyPair('P-256').privateKey })
    const report = assembleCredentials([...without(own, 'auth.der', 'auth.key'), ...pair('auth', forged)], { now })
    expect(sentences(report)[0]).toContain(`It names the CI key ${ci.subjectKeyId} but is not signed with it.`)
  })

  test.each([
    ['a DPauth without OID', 'auth', reissue('DPauth', { oid: undefined }), 'It does not name one SM-DP+ OID'],
    ['a DPtls without host', 'tls', reissue('DPtls', { dnsNames: [] }), 'It names no host'],
    ['a DPtls that is no TLS server', 'tls', reissue('DPtls', { adjustExtensions: leaveOut(EXTENSION.extKeyUsage) }), 'TLS server'],
    ['a DPpb without key usage', 'pb', reissue('DPpb', { adjustExtensions: leaveOut(EXTENSION.keyUsage) }), '(key usage)'],
    [
      'a DPpb without policy',
      'pb',
      reissue('DPpb', { adjustExtensions: leaveOut(EXTENSION.certificatePolicies) }),
      'no usable profile binding',
    ],
    [
      'a DPauth without issuer',
      'auth',
      reissue('DPauth', { adjustExtensions: leaveOut(EXTENSION.authorityKeyIdentifier) }),
      'which CI key',
    ],
    ['a DPauth on another curve than its CI', 'auth', reissue('DPauth', {}, 'brainpoolP256r1'), 'on another curve'],
    ['an expired DPpb', 'pb', reissue('DPpb', { notAfter: new Date('2026-02-01T00:00:00Z') }), 'no usable profile binding'],
  ])('with %s', (_, name, credential, sentence) => {
    const report = assembleCredentials([...without(own, `${name}.der`, `${name}.key`), ...pair(name, credential)], { now })
    expect(sentences(report).join('\n')).toContain(sentence)
  })

  test('with an encrypted key', () => {
    const bytes = Buffer.from(pki.dpPb.privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' }))
    const report = assembleCredentials([...without(own, 'pb.key'), { name: 'pb.key', bytes }], { now })
    expect(sentences(report)).toContainEqual(expect.stringMatching(/^pb.key: The private key is encrypted/))
  })

  test('with a CI that claims the key identifier of a known one', () => {
    const other = generateKeyPair('P-256')
    const impostor = issueCertificate({
      role: 'CI',
      subject: { CN: 'Impostor' },
      publicKey: other.publicKey,
      issuer: 'self',
      issuerKey: other.privateKey,
      serialNumber: Buffer.of(1),
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: new Date('2090-01-01T00:00:00Z'),
      adjustExtensions: profile =>
        profile.map(item =>
          item.oid === EXTENSION.subjectKeyIdentifier ? { ...item, value: Buffer.from(`0414${ci.subjectKeyId}`, 'hex') } : item,
        ),
    })
    const knownCis = [{ keyId: ci.subjectKeyId ?? '', certificate: ci }]
    const report = assembleCredentials([{ name: 'impostor.der', bytes: impostor }], { now, knownCis })
    expect(sentences(report)).toEqual([expect.stringContaining('Two CIs with different keys')])
  })

  test('with nothing of use in it', () => {
    expect(sentences(assembleCredentials([{ name: 'notes.txt', bytes: Buffer.from('hello') }], { now }))).toEqual([
      ': The folder holds no CI and no SM-DP+ certificate that can be used.',
    ])
    expect(assembleCredentials([], { now }).problems).toHaveLength(1)
  })
})

describe('a folder that is taken', () => {
  test('the certificates of the test PKI', () => {
    const report = assembleCredentials(own, { now })
    expect([report.problems, report.warnings]).toEqual([[], []])
    expect(report.credentials.map(({ role, oid }) => [role, oid]).sort()).toEqual([
      ['DPauth', '2.999.77'],
      ['DPpb', '2.999.77'],
      ['DPtls', '2.999.77'],
    ])
  })

  test('in one PEM file, with text around', () => {
    const pem = (der: Buffer) => `text\n-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
    const text = [pki.ci, pki.dpAuth, pki.dpPb].map(({ certificate }) => pem(certificate)).join('')
    const keys = [pki.dpAuth, pki.dpPb].map(({ privateKey }) => privateKey.export({ format: 'pem', type: 'sec1' })).join('')
    const report = assembleCredentials([{ name: 'all.pem', bytes: Buffer.from(text + keys) }], { now })
    expect(report.problems).toEqual([])
    expect(report.credentials).toHaveLength(2)
  })

  test('of a certificate and its renewal the one that lasts longer, an expired one with a warning', () => {
    const old = pair('old', reissue('DPauth', { notAfter: new Date('2027-01-01T00:00:00Z') }))
    const over = pair('over', reissue('DPpb', { notAfter: new Date('2026-02-01T00:00:00Z') }))
    const report = assembleCredentials([...own, ...old, ...over], { now })
    expect(report.problems).toEqual([])
    expect(report.credentials.map(credential => credential.file).sort()).toEqual(['auth.der', 'pb.der', 'tls.der'])
    expect(report.warnings).toEqual([
      { file: 'over.der', sentence: 'The SM-DP+ profile binding certificate expired on 2026-02-01; it is left out.' },
    ])
    expect(report.ignored).toContainEqual({ file: 'old.der', reason: expect.stringContaining('lasts longer') })
  })

  test('the same certificate as PEM and DER counts once; a CI’s private key is not taken', () => {
    const doubles = own.map(({ name, bytes }) => ({ name: `copy of ${name}`, bytes }))
    const report = assembleCredentials([...own, ...doubles, { name: 'ci.key', bytes: keyFile(pki.ci.privateKey) }], { now })
    expect(report.problems).toEqual([])
    expect(report.credentials).toHaveLength(3)
    expect(report.ignored).toContainEqual({ file: 'ci.key', reason: expect.stringContaining('does not take it') })
  })

  test('a CI alone, with the remark that no certificates are under it', () => {
    const report = assembleCredentials([ciFile], { now })
    expect(report.problems).toEqual([])
    expect(report.warnings).toHaveLength(1)
  })
})

describe('private keys', () => {
  const { privateKey, publicKey } = generateKeyPair('brainpoolP256r1')

  test.each(['sec1', 'pkcs8'] as const)('%s is read from PEM and DER', type => {
    for (const format of ['pem', 'der'] as const) {
      const exported = format === 'pem' ? privateKey.export({ format, type }) : privateKey.export({ format, type })
      expect(privateKeyFromFile(Buffer.from(exported)).equals(privateKey)).toBe(true)
    }
  })

  test.each([
    ['an encrypted PKCS#8 key', { format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' }],
    ['an encrypted SEC1 key', { format: 'pem', type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'x' }],
  ] as const)('%s is refused', (_, options) => {
    const bytes = Buffer.from(privateKey.export(options))
    expect(() => privateKeyFromFile(bytes)).toThrow(/The private key is encrypted/)
  })

  test('an encrypted DER key, a public key and text are refused', () => {
    const encrypted = privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'x' })
    expect(() => privateKeyFromFile(encrypted)).toThrow(/encrypted/)
    expect(() => privateKeyFromFile(publicKey.export({ format: 'der', type: 'spki' }))).toThrow(/no private key/)
    expect(() => privateKeyFromFile(Buffer.from('hello'))).toThrow(CertificateError)
    expect(certificatesFromFile(Buffer.from('hello'))).toEqual([])
  })

  test('a key file that states a public key of somebody else is refused', () => {
    const sec1 = keyFile(privateKey, 'sec1')
    const stranger = generateKeyPair('brainpoolP256r1').publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
    stranger.copy(sec1, sec1.length - 65)
    expect(() => privateKeyFromFile(sec1)).toThrow('The file pairs the private key with a public key that is not its own.')
  })

  test('a key on P-384 or an RSA key is of no use', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    for (const key of [p384, rsa]) {
      const { ignored, problems } = assembleCredentials([ciFile, { name: 'k', bytes: keyFile(key) }], { now })
      expect(problems).toEqual([])
      expect(ignored).toEqual([{ file: 'k', reason: expect.stringMatching(/^A private key/) }])
    }
  })
})
