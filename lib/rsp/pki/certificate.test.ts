import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Certificate, CertificateError, parseCertificate, verifyCertificate } from './certificate'
import { certificatesFromFile } from './credential-file'
import { issueCertificate } from './issue'
import { EXTENSION, KEY_USAGE } from './oids'
import { claimedRole, isSelfSigned, roleOf } from './role'

const folder = join(import.meta.dirname, '../testdata/sgp26')
const names = readdirSync(folder).filter(name => name.startsWith('CERT_'))
const load = (name: string): Certificate => {
  const [der = Buffer.alloc(0)] = certificatesFromFile(readFileSync(join(folder, name)))
  return parseCertificate(der)
}
const all = new Map(names.map(name => [name, load(name)]))
const ciKeyIds = { NIST: 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3', BRP: 'C0BC70BA36929D43B467FF57570530E57AB8FCD8' }

describe('the SGP.26 certificates', () => {
  test.each([...all])('%s reads as node reads it', (_, certificate) => {
    const node = new X509Certificate(certificate.raw)
    expect(certificate.serialNumber.replace(/^00/, '')).toBe(node.serialNumber.replace(/^00/, ''))
    expect(certificate.notBefore).toEqual(new Date(node.validFrom))
    expect(certificate.notAfter).toEqual(new Date(node.validTo))
    expect(certificate.publicKey.key.export({ format: 'der', type: 'spki' })).toEqual(
      node.publicKey.export({ format: 'der', type: 'spki' }),
    )
    for (const name of ['subject', 'issuer'] as const) {
      const attributes = new Map(node[name].split('\n').map(line => line.split('=') as [string, string]))
      for (const key of ['C', 'O', 'CN', 'serialNumber'] as const)
        expect(certificate[name][key]).toBe(attributes.get(key)?.replaceAll('\\', ''))
    }
    expect(certificate.unknownCritical).toEqual([])
  })

  test.each([...all])('%s has the signature of its CI or EUM and of no other', (name, certificate) => {
    const authority = certificate.authorityKeyId ?? certificate.subjectKeyId
    const holders = [...all.values()].filter(other => other.subjectKeyId === authority)
    expect(holders.length).toBeGreaterThan(0)
    for (const holder of holders) expect(verifyCertificate(certificate, holder.publicKey.key)).toBe(true)
    const stranger = all.get(name.includes('BRP') ? 'CERT_EUICC_ECDSA_NIST.der' : 'CERT_CI_ECDSA_BRP.pem')
    expect(stranger && verifyCertificate(certificate, stranger.publicKey.key)).toBe(false)
    expect(isSelfSigned(certificate)).toBe(name.startsWith('CERT_CI'))
  })

  test.each([
    ['CERT_CI_2017_ECDSA_NIST.der', 'CI', ciKeyIds.NIST],
    ['CERT_CI_ECDSA_NIST.pem', 'CI', ciKeyIds.NIST],
    ['CERT_CI_ECDSA_BRP.pem', 'CI', ciKeyIds.BRP],
  ])('%s is a CI: certSign and cRLSign, CA, OID 2.999.1', (name, role, keyId) => {
    const certificate = load(name)
    expect(roleOf(certificate)).toBe(role)
    expect(certificate.subjectKeyId).toBe(keyId)
    expect(certificate.authorityKeyId).toBeUndefined()
    expect([...(certificate.keyUsage ?? [])]).toEqual([KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign])
    expect(certificate.basicConstraints).toEqual({ ca: true, pathLength: undefined })
    expect(certificate.registeredIds).toEqual(['2.999.1'])
    expect(certificate.crlUris).toHaveLength(2)
    expect(certificate.publicKey.curve).toBe(name.includes('BRP') ? 'brainpoolP256r1' : 'P-256')
    expect([...certificate.critical].sort()).toEqual([EXTENSION.keyUsage, EXTENSION.basicConstraints, EXTENSION.certificatePolicies])
  })

  test.each(['CERT_EUM_2017_ECDSA_NIST.der', 'CERT_EUM_ECDSA_NIST.der'])('%s is an EUM: path length 0, one EID range', name => {
    const certificate = load(name)
    expect(roleOf(certificate)).toBe('EUM')
    expect(certificate.authorityKeyId).toBe(ciKeyIds.NIST)
    expect(certificate.subjectKeyId).toBe('DD3DA24D350C1CC5D0AF0965F40EC34C5EE409F1')
    expect([...(certificate.keyUsage ?? [])]).toEqual([KEY_USAGE.keyCertSign])
    expect(certificate.basicConstraints).toEqual({ ca: true, pathLength: 0 })
    expect(certificate.nameConstraints?.excluded).toEqual([])
    expect(certificate.nameConstraints?.permitted).toMatchObject([{ O: 'RSP Test EUM', serialNumber: '89049032' }])
    expect(certificate.critical.has(EXTENSION.nameConstraints)).toBe(true)
    expect(certificate.registeredIds).toEqual(['2.999.5'])
    expect(certificate.crlUris).toHaveLength(1)
  })

  test('CERT.EUICC names its EID and no CRL', () => {
    const certificate = load('CERT_EUICC_ECDSA_NIST.der')
    expect(roleOf(certificate)).toBe('EUICC')
    expect(certificate.subject).toMatchObject({ O: 'RSP Test EUM', serialNumber: '89049032123451234512345678901235' })
    expect(certificate.subjectKeyId).toBe('A52476AF5D50AA376437CCB1DA2172EF45F484F0')
    expect([...(certificate.keyUsage ?? [])]).toEqual([KEY_USAGE.digitalSignature])
    expect(certificate.basicConstraints).toBeUndefined()
    expect(certificate.crlUris).toEqual([])
  })

  test.each(['NIST', 'BRP'] as const)('DPauth, DPpb and DPtls on %s carry one OID under their CI', curve => {
    const auth = load(`CERT_S_SM_DPauth_ECDSA_${curve}.der`)
    const pb = load(`CERT_S_SM_DPpb_ECDSA_${curve}.der`)
    const tls = load(`CERT_S_SM_DP_TLS_${curve}.der`)
    expect([auth, pb, tls].map(roleOf)).toEqual(['DPauth', 'DPpb', 'DPtls'])
    for (const certificate of [auth, pb, tls]) {
      expect(certificate.registeredIds).toEqual(['2.999.10'])
      expect(certificate.authorityKeyId).toBe(ciKeyIds[curve])
      expect([...(certificate.keyUsage ?? [])]).toEqual([KEY_USAGE.digitalSignature])
    }
    expect([auth.serialNumber, pb.serialNumber]).toEqual(['0100', '0101'])
    expect(auth.notAfter.toISOString().slice(0, 10)).toBe('2030-03-30')
    expect(tls.dnsNames).toEqual(['testsmdpplus1.example.com'])
    expect(tls.extKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    expect(tls.critical.has(EXTENSION.certificatePolicies)).toBe(false)
    expect(tls.critical.has(EXTENSION.extKeyUsage)).toBe(true)
  })

  test('the CIs of 2017 and 2020 hold one key under two names', () => {
    const [old, young] = [load('CERT_CI_2017_ECDSA_NIST.der'), load('CERT_CI_ECDSA_NIST.pem')]
    expect(old.publicKey.point).toEqual(young.publicKey.point)
    expect([old.subject.CN, young.subject.CN]).toEqual(['GSMA Test CI', 'Test CI'])
  })
})

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const issue = (over: Partial<Parameters<typeof issueCertificate>[0]> = {}) =>
  issueCertificate({
    role: 'CI',
    subject: { CN: 'Test' },
    publicKey: keys.publicKey,
    issuer: 'self',
    issuerKey: keys.privateKey,
    serialNumber: Buffer.of(1),
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2040-01-01T00:00:00Z'),
    ...over,
  })

describe('parseCertificate', () => {
  test.each(['1950-01-01T00:00:00Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '7496-08-26T05:06:07Z', '9999-12-31T23:59:59Z'])(
    'reads the end date %s',
    text => {
      const certificate = parseCertificate(issue({ notAfter: new Date(text) }))
      expect(certificate.notAfter).toEqual(new Date(text))
      expect(new Date(new X509Certificate(certificate.raw).validTo)).toEqual(certificate.notAfter)
    },
  )

  test('a date that no calendar has is refused', () => {
    const der = issue()
    der.write('200231', der.indexOf('200101000000Z'), 'latin1')
    expect(() => parseCertificate(der)).toThrow(new CertificateError('The certificate cannot be read: a date is malformed.'))
  })

  test.each(['P-256', 'brainpoolP256r1'])('a point off its curve %s is refused', namedCurve => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve })
    const der = issue({ publicKey })
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
    const at = der.indexOf(point) + 64
    der[at] = (der[at] ?? 0) ^ 1
    expect(() => parseCertificate(der)).toThrow(new CertificateError('The key of the certificate is not a point on its curve.'))
  })

  test.each(['P-384', 'secp256k1'])('a key on %s is refused with the OID of its curve', namedCurve => {
    const other = generateKeyPairSync('ec', { namedCurve })
    expect(() => parseCertificate(issue({ publicKey: other.publicKey }))).toThrow(/curve that is not supported \(1\.3\.132\.0\.\d+\)/)
  })

  test('an RSA key is refused', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    expect(() => parseCertificate(issue({ publicKey }))).toThrow('The certificate has no elliptic-curve key.')
  })

  test('octets after the certificate and an extension that occurs twice are refused', () => {
    expect(() => parseCertificate(Buffer.concat([issue(), Buffer.of(0)]))).toThrow(CertificateError)
    const twice = issue({ adjustExtensions: profile => [...profile, ...profile] })
    expect(() => parseCertificate(twice)).toThrow(/occurs twice/)
  })

  test('an unknown critical extension is listed, one that is not critical is passed over, even with an OID beyond 2^53', () => {
    const uuid = '2.25.340282366920938463463374607431768211455'
    const extensions = [
      { oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') },
      { oid: '1.2.3.5', critical: false, value: Buffer.from('not even DER') },
      { oid: uuid, critical: false, value: Buffer.from('0500', 'hex') },
    ]
    const certificate = parseCertificate(issue({ adjustExtensions: profile => [...profile, ...extensions] }))
    expect(certificate.unknownCritical).toEqual(['1.2.3.4'])
  })

  test('a certificate with the policies of two roles has none', () => {
    const policies = Buffer.from(`301630090607678112010201013009060767811201020102`, 'hex')
    const certificate = parseCertificate(
      issue({
        adjustExtensions: profile =>
          profile.map(item => (item.oid === EXTENSION.certificatePolicies ? { ...item, value: policies } : item)),
      }),
    )
    expect(certificate.policies).toEqual(['2.23.146.1.2.1.1', '2.23.146.1.2.1.2'])
    expect(roleOf(certificate)).toBe('unknown')
  })

  test('a CI that is not signed with its own key is none', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const certificate = parseCertificate(issue({ issuerKey: stranger.privateKey }))
    expect([claimedRole(certificate), roleOf(certificate)]).toEqual(['CI', 'unknown'])
  })

  test.each([
    ['1', '2.23.146.1.2.1.0.0.0.0.0', 'EUICC'],
    ['2', '2.23.146.1.2.1.0.0.0', 'EUM'],
    ['3', '2.23.146.1.2.1.0.0.1.0', 'DPtls'],
    ['4', '2.23.146.1.2.1.0.0.1.1', 'DPauth'],
    ['5', '2.23.146.1.2.1.0.0.1.2', 'DPpb'],
  ])('the v3 policy beside v2 policy %s, %s, means %s', (_, oid, role) => {
    const certificate = parseCertificate(issue({ adjustExtensions: () => [] }))
    expect(claimedRole({ ...certificate, policies: [oid] })).toBe(role)
  })
})
