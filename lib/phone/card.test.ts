import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readAll, readSingle } from '@/lib/rsp/tlv'
import { addCredential, assembleCard, createCard, readCard, writeCard } from './card'
import { PRODUCTION_CI_KEY_ID, ROLE_POLICY } from './chain'
import { privateKeyDer } from './curve'
import { eidWithinEum, makeEid } from './eid'
import { Euicc } from './euicc'
import { makeCard, makePki, seededRandom } from './scripted-server'
import { EXTENSION, nameAttribute, permittedNamesOf, policiesOf, readCertificate } from './x509'

const sgp26 = (name: string) => readFileSync(`lib/rsp/testdata/sgp26/${name}`)
const text = (name: string) => sgp26(name).toString('utf8')
const issuer = {
  ciCertificates: [text('CERT_CI_ECDSA_NIST.pem')],
  eumCertificate: sgp26('CERT_EUM_ECDSA_NIST.der'),
  eumPrivateKey: text('SK_EUM_ECDSA_NIST.pem'),
}
const temporaryPath = () => join(mkdtempSync(join(tmpdir(), 'card-')), 'card.json')

test('SGP.29: check digits of an EID are ISO 7064 mod 97-10', () => {
  expect(makeEid('89049032', 1234512345123456789012n)).toBe('89049032123451234512345678901235')
  expect(makeEid('12345', 1)).toBe('12345000000000000000000000000186')
  expect(eidWithinEum(sgp26('CERT_EUM_ECDSA_NIST.der'), 7)).toMatch(/^8904903200000000000000000000007\d$|^890490320+7\d\d$/)
})

describe('a new card', () => {
  const card = createCard({ ...issuer, random: seededRandom('new card'), now: new Date('2026-01-01') })
  const certificate = readCertificate(Buffer.from(card.credentials[0]?.euiccCertificate ?? '', 'base64'))

  test('has a CERT.EUICC as SGP.22 profiles it', () => {
    const eum = readCertificate(issuer.eumCertificate)
    expect(new X509Certificate(certificate.raw).verify(new X509Certificate(eum.raw).publicKey)).toBe(true)
    expect(nameAttribute(certificate.subject, '2.5.4.5')).toBe(card.eid)
    expect(nameAttribute(certificate.subject, '2.5.4.10')).toBe(permittedNamesOf(eum)[0]?.organization)
    expect(card.eid.startsWith('89049032')).toBe(true)
    expect(BigInt(card.eid) % 97n).toBe(1n)
    expect(policiesOf(certificate)).toEqual([ROLE_POLICY.euicc])
    expect(certificate.extensions.get(EXTENSION.keyUsage)?.critical).toBe(true)
    expect(certificate.notAfter.getUTCFullYear()).toBe(7496)
    expect(card.test).toBe(true)
  })

  test('is the same for the same random octets', () => {
    expect(createCard({ ...issuer, random: seededRandom('new card'), now: new Date('2026-01-01') })).toEqual(card)
  })

  test('is written in one step, for its owner only, and read again', () => {
    const path = temporaryPath()
    writeCard(path, card)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readCard(path)).toEqual(card)
  })

  test('keeps what its eUICC changes', () => {
    const path = temporaryPath()
    writeCard(path, { ...card, notifications: [{ seqNumber: 1, event: 'install', address: 'a.example', der: '' }], lastSeqNumber: 1 })
    Euicc.open(path).removeNotification(1)
    expect(readCard(path)).toMatchObject({ notifications: [], lastSeqNumber: 1 })
  })
})

test('a card may have an identity under each of several CIs and curves', () => {
  const [nist, brainpool] = [makePki('P-256'), makePki('brainpoolP256r1')]
  const second = { ciCertificates: [brainpool.ci.der], eumCertificate: brainpool.eum.der, eumPrivateKey: privateKeyDer(brainpool.eum.key) }
  const card = addCredential(makeCard(nist), second)
  expect(card.credentials.map(credential => credential.ciKeyId)).toEqual([nist.ciKeyId, brainpool.ciKeyId])
  const [, verification, signing] = readAll(readSingle(new Euicc(card).getEuiccInfo1(), 0xbf20).value)
  for (const list of [verification, signing]) {
    expect(readAll(list?.value ?? Buffer.of()).map(entry => entry.value.toString('hex').toUpperCase())).toEqual([
      nist.ciKeyId,
      brainpool.ciKeyId,
    ])
  }
})

test('the eUICC of SGP.26 makes a card', () => {
  const parts = {
    euiccCertificate: sgp26('CERT_EUICC_ECDSA_NIST.der'),
    euiccPrivateKey: text('SK_EUICC_ECDSA_NIST.pem'),
    eumCertificate: sgp26('CERT_EUM_2017_ECDSA_NIST.der'),
  }
  const card = assembleCard({ credentials: [parts], ciCertificates: [text('CERT_CI_ECDSA_NIST.pem')] })
  expect(card.eid).toBe('89049032123451234512345678901235')
})

describe('no card is made', () => {
  test('for a CI that is said to be live', () => {
    expect(() => createCard({ ...issuer, live: true })).toThrow(/test CIs only/)
  })

  test('for the production root of the GSMA', () => {
    const pki = makePki()
    const claimed = Buffer.from(pki.ci.der.toString('hex').replaceAll(pki.ciKeyId.toLowerCase(), PRODUCTION_CI_KEY_ID.toLowerCase()), 'hex')
    expect(() => createCard({ ...issuer, ciCertificates: [claimed] })).toThrow(/production root/)
  })

  test('with the key of another EUM, an EID outside its range, or a CI that did not issue it', () => {
    const stranger = makePki()
    expect(() => createCard({ ...issuer, eumPrivateKey: privateKeyDer(stranger.eum.key) })).toThrow(/does not belong to the EUM/)
    expect(() => createCard({ ...issuer, eid: makeEid('89049033', 1) })).toThrow(/outside the range/)
    expect(() => createCard({ ...issuer, ciCertificates: [stranger.ci.der] })).toThrow(/not under any of the CI/)
    expect(() => createCard({ ...issuer, ciCertificates: [stranger.eum.der] })).toThrow(/not signed by itself/)
  })
})

test('a file that is no card, or whose EID was changed, is refused', () => {
  const path = temporaryPath()
  writeFileSync(path, '{"format":"other"}')
  expect(() => readCard(path)).toThrow(/not the card/)
  writeCard(path, { ...makeCard(makePki()), eid: makeEid('89049032', 5) })
  expect(() => readCard(path)).toThrow(/another EID/)
})
