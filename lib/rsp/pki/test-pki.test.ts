import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { describe, expect, test } from 'vitest'
import { CURVES, type Curve } from '@/lib/rsp/crypto/curves'
import { type Certificate, parseCertificate } from './certificate'
import { checkEuiccChain } from './euicc-chain'
import { roleOf } from './role'
import { type IssuedCredential, issueEuicc, issueTls, makeTestPki } from './test-pki'

const generateKeyPair = (curve: Curve) => generateKeyPairSync('ec', { namedCurve: CURVES[curve].openssl })
const now = new Date()
let count = 0
const random = (octets: number) => createHash('sha512').update(String(count++)).digest().subarray(0, octets)
const context = { now, random, generateKeyPair }
const make = (curve: Curve) => makeTestPki({ curve, dnsNames: ['localhost', 'smdp.example.com'], oid: '2.999.77' }, context)
const nist = make('P-256')
const pem = (der: Buffer) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
const years = ({ notBefore, notAfter }: Certificate) => (notAfter.getTime() - notBefore.getTime()) / 31_556_952_000

async function handshake(credential: IssuedCredential, ca: Buffer, servername: string): Promise<string> {
  const key = credential.privateKey.export({ format: 'pem', type: 'pkcs8' })
  const server = tls.createServer({ key, cert: pem(credential.certificate), minVersion: 'TLSv1.2' }, socket => socket.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const client = tls.connect({ port, host: '127.0.0.1', servername, ca: pem(ca) })
    const [chunk] = await once(client, 'data')
    client.end()
    return String(chunk)
  } finally {
    server.close()
  }
}

describe.each(['P-256', 'brainpoolP256r1'] as const)('the test PKI on %s', curve => {
  const pki = make(curve)
  const ci = parseCertificate(pki.ci.certificate)
  const eum = parseCertificate(pki.eum.certificate)

  test('has every role with its key, under names that say it is a test', () => {
    const { ci: root, eum: maker, dpAuth, dpPb, dpTls } = pki
    const all = [root, maker, dpAuth, dpPb, ...(dpTls ? [dpTls] : [])]
    const certificates = all.map(({ certificate }) => parseCertificate(certificate))
    expect(certificates.map(roleOf)).toEqual(['CI', 'EUM', 'DPauth', 'DPpb', ...(curve === 'P-256' ? ['DPtls'] : [])])
    for (const [index, { privateKey, certificate }] of all.entries()) {
      const node = new X509Certificate(certificate)
      expect(node.checkPrivateKey(privateKey)).toBe(true)
      expect(node.verify(ci.publicKey.key)).toBe(true)
      expect(node.subject).toContain('Slipway Test')
      expect(new Date(node.validTo)).toEqual(certificates[index]?.notAfter)
      if (index > 0) expect(node.checkIssued(new X509Certificate(root.certificate))).toBe(true)
    }
    expect(new Set(certificates.map(certificate => certificate.serialNumber)).size).toBe(all.length)
    expect(certificates.slice(2).map(certificate => certificate.registeredIds)).toEqual(all.slice(2).map(() => ['2.999.77']))
  })

  test('lasts 35 years for the CI, 5 for the SM-DP+, 397 days for TLS', () => {
    expect(Math.round(years(ci))).toBe(35)
    expect(years(eum)).toBeLessThan(years(ci))
    expect(Math.round(years(parseCertificate(pki.dpAuth.certificate)))).toBe(5)
    expect(pki.dpTls ? Math.round(years(parseCertificate(pki.dpTls.certificate)) * 365.2425) : 397).toBe(397)
  })

  test('its manufacturer’s eUICCs pass the chain check, and never expire', () => {
    const eid = '89999123000000000000000000000042'
    const euicc = parseCertificate(issueEuicc({ eid, eum, eumKey: pki.eum.privateKey }, context).certificate)
    const chain = { eum, euicc, ci: { keyId: ci.subjectKeyId ?? '', certificate: ci } }
    expect(checkEuiccChain({ ...chain, now }).eid).toBe(eid)
    expect(euicc.notAfter.getUTCFullYear()).toBe(9999)
  })
})

describe('CERT.DPtls', () => {
  const { dpTls = nist.ci } = nist

  test('serves TLS to a client that trusts the CI, under each of its names', async () => {
    expect(await handshake(dpTls, nist.ci.certificate, 'localhost')).toBe('ok')
    expect(await handshake(dpTls, nist.ci.certificate, 'smdp.example.com')).toBe('ok')
  })

  test('is refused under another name, and by a client of another CI', async () => {
    await expect(handshake(dpTls, nist.ci.certificate, 'other.example.com')).rejects.toThrow(/altnames/)
    await expect(handshake(dpTls, make('P-256').ci.certificate, 'localhost')).rejects.toThrow(/verify|signature/)
  })

  test('is issued again for a new address with a new key', async () => {
    const ci = parseCertificate(nist.ci.certificate)
    const request = { ci, ciKey: nist.ci.privateKey, dnsNames: ['new.example.com'], oid: '2.999.77' }
    const again = issueTls(request, context)
    expect(again.privateKey.equals(dpTls.privateKey)).toBe(false)
    expect(await handshake(again, nist.ci.certificate, 'new.example.com')).toBe('ok')
    const long = `${'a'.repeat(63)}.example.com`
    const { subject, dnsNames } = parseCertificate(issueTls({ ...request, dnsNames: [long] }, context).certificate)
    expect([subject.CN, dnsNames]).toEqual(['Slipway Test SM-DP+ TLS', [long]])
  })
})
