import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tlv } from '@/lib/rsp/tlv'
import { CertificateFault, checkServerCertificate, checkTestCi, ROLE_POLICY } from './chain'
import { certificateExtension } from './issue-certificate'
import { makePki, registeredId } from './scripted-server'
import { EXTENSION, KEY_USAGE, readCertificate } from './x509'

const testdata = (name: string) => readFileSync(`lib/rsp/testdata/sgp26/${name}`)
const ci = (name: string) => readCertificate(testdata(name))
const at = new Date('2026-06-01T00:00:00Z')

describe('the SGP.26 test certificates', () => {
  test.each([
    ['NIST', 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3', 'P-256'],
    ['BRP', 'C0BC70BA36929D43B467FF57570530E57AB8FCD8', 'brainpoolP256r1'],
  ])('%s: DPauth and DPpb are accepted under their CI', (curve, ciKeyId, expectedCurve) => {
    const cis = [ci('CERT_CI_ECDSA_NIST.pem'), ci('CERT_CI_ECDSA_BRP.pem')]
    for (const [file, role] of [
      ['DPauth', 'dpAuth'],
      ['DPpb', 'dpPb'],
    ] as const) {
      const checked = checkServerCertificate(testdata(`CERT_S_SM_${file}_ECDSA_${curve}.der`), role, cis, at)
      expect(checked).toMatchObject({ smdpOid: '2.999.10', ciKeyId, curve: expectedCurve })
    }
  })

  test('the CIs of 2017 and 2020 hold one key, so either verifies', () => {
    expect(checkTestCi(ci('CERT_CI_2017_ECDSA_NIST.der'))).toBe(checkTestCi(ci('CERT_CI_ECDSA_NIST.pem')))
    const cis = [ci('CERT_CI_2017_ECDSA_NIST.der')]
    expect(checkServerCertificate(testdata('CERT_S_SM_DPauth_ECDSA_NIST.der'), 'dpAuth', cis, at).smdpOid).toBe('2.999.10')
  })
})

describe("a server's certificate is refused", () => {
  const pki = makePki()
  const cis = [readCertificate(pki.ci.der)]
  const refusal = (der: Buffer, role: 'dpAuth' | 'dpPb' = 'dpAuth', roots = cis, when = at) => {
    try {
      checkServerCertificate(der, role, roots, when)
      return undefined
    } catch (error) {
      return error instanceof CertificateFault ? `${error.kind}: ${error.message}` : String(error)
    }
  }

  test('not, when it is in order', () => {
    expect(refusal(pki.dpAuth.der)).toBeUndefined()
    expect(refusal(pki.dpPb.der, 'dpPb')).toBeUndefined()
    expect(refusal(pki.reissue('dpAuth', {}))).toBeUndefined()
  })

  test('under a CI that the card does not hold', () => {
    expect(refusal(makePki('P-256', 'stranger').dpAuth.der)).toMatch(/^unknownCi: .*does not know/)
  })

  test('signed by another key than its CI’s', () => {
    expect(refusal(pki.reissue('dpAuth', { issuerKey: pki.dpPb.key }))).toMatch(/^invalid: The signature of CERT.DPauth/)
  })

  test('before and after its validity', () => {
    expect(refusal(pki.reissue('dpAuth', { notAfter: new Date('2026-05-31T23:59:59Z') }))).toMatch(/^invalid: .*expired on 2026-05-31/)
    expect(refusal(pki.reissue('dpAuth', { notBefore: new Date('2026-06-01T00:00:01Z') }))).toMatch(/^invalid: .*not valid yet/)
    expect(refusal(pki.dpAuth.der, 'dpAuth', cis, new Date('2050-01-01'))).toMatch(/the CI certificate expired/)
  })

  test('in the role of the other, or of TLS', () => {
    expect(refusal(pki.dpPb.der, 'dpAuth')).toMatch(/does not carry the policy 2\.23\.146\.1\.2\.1\.4/)
    expect(refusal(pki.dpAuth.der, 'dpPb')).toMatch(/does not carry the policy 2\.23\.146\.1\.2\.1\.5/)
    expect(refusal(pki.reissue('dpAuth', { policy: ROLE_POLICY.dpTls }))).toMatch(/policy/)
  })

  test('with a wrong key usage, or as a certificate authority', () => {
    expect(refusal(pki.reissue('dpAuth', { keyUsage: [KEY_USAGE.keyCertSign] }))).toMatch(/keyUsage/)
    const both = [KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign]
    expect(refusal(pki.reissue('dpAuth', { keyUsage: both }))).toMatch(/claims to be a certificate authority/)
    const basic = certificateExtension(EXTENSION.basicConstraints, true, tlv(0x30, tlv(0x01, Buffer.of(0xff))))
    expect(refusal(pki.reissue('dpAuth', { extensions: [registeredId('2.999.10'), basic] }))).toMatch(
      /claims to be a certificate authority/,
    )
  })

  test('without an OID', () => {
    expect(refusal(pki.reissue('dpAuth', { extensions: [] }))).toMatch(/^noOid/)
  })

  test('with a critical extension that is not known, and not with a non-critical one', () => {
    const odd = (critical: boolean) => [registeredId('2.999.10'), certificateExtension('2.999.77', critical, tlv(0x05))]
    expect(refusal(pki.reissue('dpAuth', { extensions: odd(true) }))).toMatch(/critical extension 2\.999\.77/)
    expect(refusal(pki.reissue('dpAuth', { extensions: odd(false) }))).toBeUndefined()
  })

  test('with an issuer key that is not named, or an extension twice', () => {
    expect(refusal(pki.reissue('dpAuth', { issuerKeyId: '' }))).toMatch(/^invalid|^unknownCi/)
    expect(refusal(pki.reissue('dpAuth', { extensions: [registeredId('2.999.10'), registeredId('2.999.10')] }))).toMatch(/twice/)
  })

  test('with any one octet changed', () => {
    for (let at = 0; at < pki.dpAuth.der.length; at++) {
      const spoilt = Buffer.from(pki.dpAuth.der)
      spoilt.writeUInt8(spoilt.readUInt8(at) ^ (1 << (at % 8)), at)
      expect(refusal(spoilt)).toMatch(/^(invalid|unknownCi|unsupportedCurve|noOid): /)
    }
  })

  test('malformed', () => {
    expect(refusal(Buffer.of())).toMatch(/^invalid: CERT.DPauth cannot be read/)
    expect(refusal(pki.dpAuth.der.subarray(0, -1))).toMatch(/cannot be read/)
    expect(refusal(Buffer.concat([pki.dpAuth.der, Buffer.of(0)]))).toMatch(/cannot be read/)
  })
})
