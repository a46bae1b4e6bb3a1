import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RspError } from '@/lib/rsp/status'
import { type Certificate, CertificateError, parseCertificate, verifyCertificate } from './certificate'
import { certificatesFromFile, readCredentialFile } from './credential-file'
import { assembleCredentials } from './dp-credentials'
import { checkEuiccChain } from './euicc-chain'
import { roleOf } from './role'

const folder = join(import.meta.dirname, '../testdata/sgp26')
const now = new Date('2026-10-01T00:00:00Z')

/** mulberry32: the same row of numbers from the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

function mutate(octets: Buffer, pick: (below: number) => number): Buffer {
  const changed = Buffer.from(octets)
  for (let count = 1 + pick(3); count > 0; count--) {
    const at = pick(changed.length)
    const kind = pick(4)
    if (kind === 0) changed[at] = pick(256)
    else if (kind === 1) changed[at] = (changed[at] ?? 0) ^ (1 << pick(8))
    else if (kind === 2) changed.copyWithin(at, pick(changed.length), pick(changed.length))
    else changed.fill(pick(256), at, Math.min(changed.length, at + pick(6)))
  }
  return pick(8) === 0 ? changed.subarray(0, pick(changed.length)) : changed
}

const load = (name: string) => certificatesFromFile(readFileSync(join(folder, name)))[0] ?? Buffer.alloc(0)

test('20,000 mutated certificates: nothing but CertificateError and RspError, and no changed chain passes', () => {
  const pick = seeded(26)
  const names = ['CERT_EUICC_ECDSA_NIST.der', 'CERT_EUM_2017_ECDSA_NIST.der', 'CERT_S_SM_DP_TLS_NIST.der', 'CERT_S_SM_DPauth_ECDSA_BRP.der']
  const originals = names.map(load)
  const ci = parseCertificate(load('CERT_CI_2017_ECDSA_NIST.der'))
  const [euicc, eum] = originals.map(parseCertificate) as [Certificate, Certificate]
  const chain = { ci: { keyId: ci.subjectKeyId ?? '', certificate: ci }, now }
  let readable = 0
  for (let round = 0; round < 20_000; round++) {
    const original = originals[round % originals.length] ?? Buffer.alloc(0)
    const mutated = mutate(original, pick)
    if (mutated.equals(original)) continue
    try {
      const certificate = parseCertificate(mutated)
      readable++
      roleOf(certificate)
      expect(verifyCertificate(certificate, (round % 4 === 0 ? eum : ci).publicKey.key)).toBe(false)
      expect(() => checkEuiccChain({ ...chain, eum, euicc: certificate })).toThrow(RspError)
      expect(() => checkEuiccChain({ ...chain, eum: certificate, euicc })).toThrow(RspError)
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
    }
  }
  expect(readable).toBeGreaterThan(1000)
})

test('3,000 mutated credential files: the import answers with a report', () => {
  const pick = seeded(7)
  const files = readdirSync(folder).map(name => ({ name, bytes: readFileSync(join(folder, name)) }))
  for (let round = 0; round < 3000; round++) {
    const { bytes } = files[round % files.length] ?? { bytes: Buffer.alloc(0) }
    readCredentialFile(mutate(bytes, pick))
  }
  for (let round = 0; round < 40; round++) {
    const report = assembleCredentials(
      files.map(({ name, bytes }) => ({ name, bytes: pick(3) ? bytes : mutate(bytes, pick) })),
      { now },
    )
    expect(report.ignored.every(note => note.reason)).toBe(true)
  }
})
