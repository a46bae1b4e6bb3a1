import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { readCis, readCredentials } from '@/lib/db/credential-rows'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { assembleCard } from '@/lib/phone/card'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import type { CredentialFile } from '@/lib/rsp/pki/dp-credentials'
import { issueCertificate } from '@/lib/rsp/pki/issue'
import { sgp26 } from '@/lib/rsp/testdata/recorded-session'
import { createVault } from '@/lib/vault/vault'
import { createCredentialStore } from '../credentials'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { actor, Laboratory } from '../testing/laboratory'
import { ensureFirstKeys, initPki } from './first-keys'
import { importPki } from './import-pki'
import { pkiOverview } from './overview'
import { issuing, testPkiFolder, testSmdpOid } from './test-pki-files'

const now = new Date('2026-11-22T12:00:00Z')
const days = (n: number) => new Date(now.getTime() + n * 86_400_000)
const vault = createVault(new Map([[1, randomBytes(32)]]))

describe('ensureFirstKeys', () => {
  let database: TestDatabase
  let db: Database
  let dataDir: string
  beforeAll(async () => {
    database = await createTestDatabase()
    db = openDatabase(database.url, { maxConnections: 6 })
    dataDir = mkdtempSync(join(tmpdir(), 'pki-'))
  })
  afterAll(async () => {
    await db.close()
    await database.close()
    rmSync(dataDir, { recursive: true })
  })
  const setup = (more: { addresses?: string[]; now?: Date; dataDir?: string } = {}) => ({
    db,
    vault,
    dataDir,
    addresses: ['Localhost:8443'],
    now,
    ...more,
  })
  const tls = async () => (await readCredentials(db)).filter(row => row.role === 'DPtls' && !row.retiredAt)

  test('two instances that start at once make one complete test PKI, in files that only their owner reads', async () => {
    const made = await Promise.all([ensureFirstKeys(setup()), ensureFirstKeys(setup())])
    expect(made.sort()).toEqual(['pki', undefined])
    expect((await readCis(db)).map(ci => ci.live)).toEqual([false])
    expect((await readCredentials(db)).map(row => row.role).sort()).toEqual(['DPauth', 'DPpb', 'DPtls'])
    const folder = testPkiFolder(dataDir, 'P-256')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder).sort()).toEqual(
      ['CI', 'DPauth', 'DPpb', 'DPtls', 'EUM'].flatMap(name => [`CERT_${name}.pem`, `SK_${name}.pem`]).sort(),
    )
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
  })

  test('a second start makes nothing', async () => {
    const before = await readCredentials(db)
    expect(await ensureFirstKeys(setup())).toBeUndefined()
    expect(await readCredentials(db)).toEqual(before)
  })

  test('another SM-DP+ address gets a new CERT.DPtls, the old one is retired', async () => {
    expect(await ensureFirstKeys(setup({ addresses: ['smdp.example.com', 'alias.example.com:444', 'localhost:8443'] }))).toBe('tls')
    expect((await tls()).map(row => row.dnsNames.sort())).toEqual([['alias.example.com', 'localhost', 'smdp.example.com']])
    expect(await ensureFirstKeys(setup({ addresses: ['SMDP.example.com'] }))).toBeUndefined()
  })

  test('an expired CERT.DPtls is issued anew', async () => {
    expect(await ensureFirstKeys(setup({ addresses: ['smdp.example.com'], now: days(400) }))).toBe('tls')
    expect((await tls()).map(row => row.notAfter > days(700))).toEqual([true])
  })

  test('without the test CI’s key nothing can be issued', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'pki-'))
    expect(await ensureFirstKeys(setup({ addresses: ['new.example.com'], dataDir: elsewhere }))).toBeUndefined()
    rmSync(elsewhere, { recursive: true })
  })

  test('pki init adds brainpoolP256r1 beside it, and twice changes nothing', async () => {
    await initPki({ ...setup(), actor, curve: 'brainpoolP256r1' })
    const before = await readCredentials(db)
    expect((await readCis(db)).map(ci => ci.curve).sort()).toEqual(['P-256', 'brainpoolP256r1'])
    const report = await initPki({ ...setup(), actor, curve: 'brainpoolP256r1' })
    expect(report.credentials.map(one => one.added)).toEqual([false, false])
    expect(await readCredentials(db)).toEqual(before)
  })

  test('the overview shows whom the server trusts, and no key', async () => {
    const overview = await pkiOverview(db)
    expect(overview.cis).toHaveLength(2)
    expect(JSON.stringify(overview)).not.toMatch(/private|certificate"/i)
  })
})

const SGP26 = [
  'CERT_CI_ECDSA_NIST.pem',
  'CERT_CI_ECDSA_BRP.pem',
  ...['DPauth_ECDSA_NIST', 'DPauth_ECDSA_BRP', 'DPpb_ECDSA_NIST', 'DPpb_ECDSA_BRP', 'DP_TLS_NIST', 'DP_TLS_BRP'].flatMap(name => [
    `CERT_S_SM_${name}.der`,
    `SK_S_SM_${name}.pem`,
  ]),
  'CERT_EUM_ECDSA_NIST.der',
  'SK_EUM_ECDSA_NIST.pem',
]
const sgp26Files = (): CredentialFile[] => SGP26.map(name => ({ name, bytes: sgp26(name) }))

describe('pki import', () => {
  let lab: Laboratory
  beforeAll(async () => {
    lab = await Laboratory.open()
  })
  afterAll(() => lab.close())
  const ctx = () => ({ actor, now: lab.now, vault: lab.vault })

  test('a published SGP.26 test CI cannot be live: its private key is public', async () => {
    const before = await lab.fingerprint()
    await expect(importPki(lab.db, ctx(), { files: sgp26Files(), live: true })).rejects.toThrow(/published SGP.26 test CI/)
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('the SGP.26 folder imports; its expired TLS certificate is named and left out', async () => {
    const report = await importPki(lab.db, ctx(), { files: sgp26Files(), live: false })
    expect(report.cis.map(ci => [ci.curve, ci.live]).sort()).toEqual([
      ['P-256', false],
      ['brainpoolP256r1', false],
    ])
    expect(report.credentials.map(one => `${one.role} ${one.curve}`).sort()).toEqual([
      'DPauth P-256',
      'DPauth brainpoolP256r1',
      'DPpb P-256',
      'DPpb brainpoolP256r1',
    ])
    expect(new Set(report.credentials.map(one => one.oid))).toEqual(new Set(['2.999.10']))
    const said = [
      ...report.ignored.map(one => `${one.file} ${one.reason}`),
      ...report.warnings.map(one => `${one.file} ${one.sentence}`),
    ].join('\n')
    expect(said).toMatch(/DP_TLS_NIST.*(expired|ran out)/)
  })

  test('… and serves a phone that holds SGP.26 certificates, from start to end', async () => {
    const card = assembleCard({
      credentials: [
        {
          euiccCertificate: sgp26('CERT_EUICC_ECDSA_NIST.der'),
          euiccPrivateKey: sgp26('SK_EUICC_ECDSA_NIST.pem').toString(),
          eumCertificate: sgp26('CERT_EUM_2017_ECDSA_NIST.der'),
        },
      ],
      ciCertificates: [sgp26('CERT_CI_ECDSA_NIST.pem').toString()],
    })
    expect(card.eid).toBe('89049032123451234512345678901235')
    const { activationCode, iccid } = await lab.issued()
    lab.secondPasses()
    await lab.phone(card).download({ activationCode })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed', eid: card.eid })
  })

  test('twice adds nothing', async () => {
    const before = await readCredentials(lab.db)
    const report = await importPki(lab.db, ctx(), { files: sgp26Files(), live: false })
    expect(report.credentials.every(one => !one.added)).toBe(true)
    expect(await readCredentials(lab.db)).toEqual(before)
  })

  test('a CI does not change its class, in neither direction', async () => {
    const test1 = lab.pki.get('P-256')
    if (!test1) throw new Error('no PKI')
    const files = [{ name: 'ci.der', bytes: test1.ci.certificate }]
    await expect(importPki(lab.db, ctx(), { files, live: true })).rejects.toThrow(/known as a test one; it cannot become a live one/)
    const live = await Laboratory.open()
    const pki = await live.addPki('brainpoolP256r1', true)
    const request = { files: [{ name: 'ci.der', bytes: pki.ci.certificate }], live: false }
    await expect(importPki(live.db, { actor, now: live.now, vault: live.vault }, request)).rejects.toThrow(
      /known as a live one; it cannot become a test one/,
    )
    await live.close()
  })

  test('one thing that does not hold refuses all, in a sentence, and changes nothing', async () => {
    const before = await lab.fingerprint()
    const missingKey = sgp26Files().filter(file => file.name !== 'SK_S_SM_DPpb_ECDSA_NIST.pem')
    await expect(importPki(lab.db, ctx(), { files: missingKey, live: false })).rejects.toBeInstanceOf(FormError)
    await expect(importPki(lab.db, ctx(), { files: [], live: false })).rejects.toThrow(/no CI and no SM-DP/)
    await expect(importPki(lab.db, ctx(), { files: [{ name: 'x.txt', bytes: Buffer.from('hello') }], live: false })).rejects.toBeInstanceOf(
      FormError,
    )
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('operators may not', async () => {
    const operator = { kind: 'account' as const, name: 'o@example.com', role: 'operator' as const }
    await expect(importPki(lab.db, { ...ctx(), actor: operator }, { files: sgp26Files(), live: false })).rejects.toBeInstanceOf(NotAllowed)
  })

  test('an import is served within a second, and nothing is read while nobody asks', async () => {
    let time = 1_000_000
    const store = createCredentialStore(lab.db, lab.vault, () => new Date(time))
    const before = await store.current()
    expect(await store.current()).toBe(before)
    time += 999
    expect(await store.current()).toBe(before)
    await importPki(lab.db, ctx(), { files: renewed(lab), live: false })
    time += 999
    expect((await store.current()).byNumber.size).toBe(before.byNumber.size + 2)
  })

  test('after a renewal sessions under way go on with their certificates, new ones take the new, and a retry finds its binding', async () => {
    const { matchingId, iccid } = await lab.issued()
    const device = new Device(lab)
    const client = await device.authenticate(matchingId)
    await importPki(lab.db, ctx(), { files: renewed(lab), live: false })
    lab.secondPasses()
    const bound = await device.fetch()
    expect(verdictOf(bound)).toBe('Executed-Success')
    await device.cancel('postponed')
    const again = await device.downloaded(matchingId)
    expect(octetsOf(device.client ?? again, 'smdpCertificate').equals(octetsOf(client, 'smdpCertificate'))).toBe(false)
    const tail = (answer: typeof again) => octetsOf(answer, 'boundProfilePackage').subarray(-1_000)
    expect(tail(again).equals(tail(bound))).toBe(true)
    const { profileInstallationResult } = device.load(again)
    await device.notify(profileInstallationResult)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })
})

/** New DPauth and DPpb under the laboratory's CI. */
function renewed(lab: Laboratory): CredentialFile[] {
  const pki = lab.pki.get('P-256')
  if (!pki) throw new Error('no PKI')
  const context = issuing(lab.now)
  return (['DPauth', 'DPpb'] as const).flatMap(role => {
    const { privateKey, publicKey } = context.generateKeyPair('P-256')
    const certificate = issueCertificate({
      role,
      subject: { CN: `Renewed ${role}` },
      publicKey,
      issuer: parseCertificate(pki.ci.certificate),
      issuerKey: pki.ci.privateKey,
      serialNumber: randomBytes(8),
      notBefore: lab.now,
      notAfter: new Date(lab.now.getTime() + 6 * 365 * 86_400_000),
      oid: testSmdpOid,
    })
    return [
      { name: `${role}.der`, bytes: certificate },
      { name: `${role}.key`, bytes: privateKey.export({ format: 'der', type: 'pkcs8' }) },
    ]
  })
}
