import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { createVault } from '@/lib/vault/vault'
import { pauseCallback, removeCallback, setCallback } from './callback'
import { progressPath } from './callback-input'
import { endpointTls } from './callback-tls'
import { defaultPoints } from './notification-points'
import {
  addPartner,
  addPartnerCertificate,
  changePartner,
  listPartners,
  type PartnerContext,
  partnerActor,
  partnerOfCertificate,
  readPartner,
  removePartner,
  removePartnerCertificate,
} from './partner'
import { makeCa } from './testing/certificates'

const actor: Actor = { kind: 'account', name: 'a@example.com', role: 'administrator' }
const vault = createVault(new Map([[1, Buffer.alloc(32)]]))
const now = new Date()
const dayMs = 86_400_000
const inDays = (days: number) => new Date(now.getTime() + days * dayMs)
const ctx: PartnerContext = { actor, now, vault }

const root = makeCa('Operator Root')
const issuing = root.ca('Operator Issuing CA')
const bss = root.client('bss.example.com')

let server: TestDatabase
let db: Database

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  for (const table of ['endpoint', 'partner', 'profile_type', 'audit_personal', 'audit']) await db.query({ text: `DELETE FROM ${table}` })
})

const typeNamed = async (name: string): Promise<string> => {
  const id = randomUUID()
  await db.query({ text: `INSERT INTO profile_type (id, name, created_by) VALUES ($1, $2, 'a')`, values: [id, name] })
  return id
}
const add = (name = 'Example Mobile', identifier = '1.3.6.1.4.1.99999', more: object = {}) =>
  addPartner(db, ctx, { name, identifier, allTypes: true, ...more })
const shown = (certificate: { der: Buffer }, chain: { der: Buffer }[] = [], at = now) =>
  partnerOfCertificate(db, { raw: certificate.der, chain: chain.map(({ der }) => der), now: at })
const audited = async () =>
  (
    await db.query<{ row: string }>({
      text: `SELECT actor || ' ' || action || ' ' || target || ' ' || detail AS row FROM audit ORDER BY id`,
    })
  ).rows.map(({ row }) => row)
const refused = (work: Promise<unknown>, fields: Record<string, unknown>) => expect(work).rejects.toMatchObject({ fields })

describe('a partner', () => {
  test('is added with certificate and callback in one step, and shown with them', async () => {
    const { id } = await addPartner(
      db,
      ctx,
      { name: ' Example Mobile ', identifier: 'bss.example.com', allTypes: true, callback: { url: 'https://bss.example.com' } },
      [{ file: Buffer.from(bss.pem) }],
    )
    const partner = await readPartner(db, actor, id)
    expect(partner).toMatchObject({
      name: 'Example Mobile',
      headerVersion: '2.2.2',
      certificates: [{ kind: 'client', subject: expect.stringContaining('CN=bss.example.com'), addedBy: 'a@example.com' }],
      callback: { url: `https://bss.example.com${progressPath}`, points: defaultPoints(), trustedCa: null, clientCertificate: null },
    })
    expect(await listPartners(db, actor)).toEqual([partner])
    const [row] = await audited()
    expect(row).toContain('a@example.com partner:write Example Mobile')
    for (const word of ['"every type"', 'bss.example.com', 'fingerprint']) expect(row).toContain(word)
  })

  test('has a name and an identifier of its own, as long as it is not removed', async () => {
    const { id } = await add()
    await refused(add('EXAMPLE mobile', 'another'), { name: expect.stringContaining('already') })
    await refused(add('Another', '1.3.6.1.4.1.99999'), { identifier: expect.stringContaining('Another partner') })
    await removePartner(db, ctx, id)
    await expect(add()).resolves.toBeDefined()
    await expect(removePartner(db, ctx, id)).rejects.toThrow('not there')
  })

  test('may use every type, or those that are named', async () => {
    const [gold, silver] = [await typeNamed('gold'), await typeNamed('silver')]
    await refused(add('A', 'a', { allTypes: false, typeIds: [randomUUID()] }), { typeIds: expect.any(String) })
    await expect(add('A', 'a', { allTypes: false })).rejects.toThrow('every type')
    const { id } = await addPartner(db, ctx, { name: 'A', identifier: 'a', typeIds: [silver, gold] }, [{ file: bss.der }])
    expect(await readPartner(db, actor, id)).toMatchObject({ allTypes: false, types: [{ name: 'gold' }, { name: 'silver' }] })
    const known = await shown(bss)
    expect(known).toMatchObject({ allTypes: false, typeIds: expect.arrayContaining([gold, silver]) })
    const changed = await changePartner(db, ctx, {
      id,
      version: 1,
      name: 'B',
      identifier: 'b',
      typeIds: [gold],
      headerVersion: 'gsma/rsp/v2.3.0',
    })
    expect(changed.version).toBe(2)
    expect(await shown(bss)).toMatchObject({ name: 'B', identifier: 'b', headerVersion: '2.3.0', typeIds: [gold] })
    expect((await audited())[1]).toContain('"nameBefore": "A"')
  })

  test('is changed by whoever was quicker', async () => {
    const { id } = await add()
    const change = (name: string) => changePartner(db, ctx, { id, version: 1, name, identifier: 'x', allTypes: true })
    const both = await Promise.allSettled([change('one'), change('two')])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('acts as an operator under its identifier', () => {
    expect(partnerActor({ identifier: 'bss' }, '192.0.2.1')).toEqual({
      kind: 'partner',
      name: 'partner:bss',
      role: 'operator',
      address: '192.0.2.1',
    })
  })
})

describe('a certificate', () => {
  test('of a file in PEM or DER, or by its fingerprint, says who calls', async () => {
    const { id } = await add()
    const others = [root.client('two'), root.client('three')] as const
    const hex = createHash('sha256').update(others[1].der).digest('hex')
    await addPartnerCertificate(db, ctx, id, { file: Buffer.from(bss.pem) })
    await addPartnerCertificate(db, ctx, id, { file: others[0].der })
    await addPartnerCertificate(db, ctx, id, { fingerprint: `SHA256 Fingerprint=${hex.toUpperCase().replace(/..(?=.)/g, '$&:')}` })
    for (const each of [bss, ...others])
      expect(await shown(each)).toMatchObject({ id, name: 'Example Mobile', allTypes: true, typeIds: [] })
    expect(await shown(root.client('four'))).toEqual({ refusal: expect.stringContaining('no partner') })
    expect(await partnerOfCertificate(db, { raw: Buffer.from('no certificate'), now })).toEqual({
      refusal: expect.stringContaining('cannot be read'),
    })
  })

  test('is refused when it is none, several, expired, with a private key, or not for clients', async () => {
    const { id } = await add()
    const give = (file: string | Buffer) =>
      refused(addPartnerCertificate(db, ctx, id, { file: Buffer.from(file) }), { certificate: expect.any(String) })
    await give('nothing')
    await give(bss.pem + root.pem)
    await give(bss.pem + bss.keyPem)
    await give(root.client('past', { notAfter: inDays(-0.5) }).der)
    await give(root.client('server', { purposes: Buffer.from('300a06082b06010505070301', 'hex') }).der)
    await refused(addPartnerCertificate(db, ctx, id, { fingerprint: 'ab:cd' }), { fingerprint: expect.any(String) })
    expect((await readPartner(db, actor, id))?.certificates).toEqual([])
  })

  test('belongs to one partner', async () => {
    const [one, two] = [await add(), await add('Other', 'other')]
    await addPartnerCertificate(db, ctx, one.id, { file: bss.der })
    await refused(addPartnerCertificate(db, ctx, one.id, { file: bss.der }), { certificate: expect.stringContaining('This partner') })
    await refused(addPartnerCertificate(db, ctx, two.id, { file: bss.der }), { certificate: expect.stringContaining('Example Mobile') })
  })

  test('of a CA stands for all client certificates that it, or a CA under it, issues', async () => {
    const { id } = await add()
    expect(await addPartnerCertificate(db, ctx, id, { file: root.der })).toMatchObject({ kind: 'ca' })
    const below = issuing.client('below')
    expect(await shown(bss)).toMatchObject({ id })
    expect(await shown(below)).toHaveProperty('refusal')
    expect(await shown(below, [issuing])).toMatchObject({ id })
    expect(await shown(below, [root, issuing])).toMatchObject({ id })
    const stranger = makeCa('Operator Root')
    expect(await shown(stranger.client('bss.example.com'), [stranger])).toHaveProperty('refusal')
    expect(await shown(stranger.client('bss.example.com'), [root])).toHaveProperty('refusal')
    expect(await shown(root.client('server', { purposes: Buffer.from('300a06082b06010505070301', 'hex') }))).toHaveProperty('refusal')
    expect(await shown(root.client('any', { purposes: null }))).toMatchObject({ id })
  })

  test('of a client issues nothing', async () => {
    const { id } = await add()
    await addPartnerCertificate(db, ctx, id, { file: root.der })
    const forged = makeCa('forged').client('x')
    expect(await shown(forged, [bss])).toHaveProperty('refusal')
  })

  test('of its own goes before the CA of another partner, and the nearest CA before those above', async () => {
    const [one, two, three] = [await add(), await add('Two', 'two'), await add('Three', 'three')]
    await addPartnerCertificate(db, ctx, one.id, { file: root.der })
    await addPartnerCertificate(db, ctx, two.id, { file: issuing.der })
    const own = issuing.client('own')
    await addPartnerCertificate(db, ctx, three.id, { file: own.der })
    expect(await shown(own, [issuing])).toMatchObject({ id: three.id })
    expect(await shown(issuing.client('other'), [issuing])).toMatchObject({ id: two.id })
    expect(await shown(bss)).toMatchObject({ id: one.id })
  })

  test('opens nothing before and after its time, nor after that of the CA above it', async () => {
    const { id } = await add()
    const ca = makeCa('Short', { notAfter: inDays(20) })
    await addPartnerCertificate(db, ctx, id, { file: ca.der })
    const client = ca.client('c', { notBefore: inDays(5), notAfter: inDays(10) })
    const long = ca.client('long', { notAfter: inDays(30) })
    expect(await shown(client)).toEqual({ refusal: expect.stringContaining('does not hold before') })
    expect(await shown(client, [], inDays(6))).toMatchObject({ id })
    expect(await shown(client, [], inDays(11))).toEqual({ refusal: expect.stringContaining('has expired') })
    expect(await shown(long, [], inDays(19))).toMatchObject({ id })
    expect(await shown(long, [], inDays(21))).toEqual({ refusal: expect.stringContaining('CA') })
  })

  test('opens nothing from the moment it, or its partner, is removed', async () => {
    const { id } = await add()
    await addPartnerCertificate(db, ctx, id, { file: bss.der })
    const [certificate] = (await readPartner(db, actor, id))?.certificates ?? []
    expect(await shown(bss)).toMatchObject({ id })
    await removePartnerCertificate(db, ctx, id, certificate?.id ?? '')
    expect(await shown(bss)).toHaveProperty('refusal')
    await addPartnerCertificate(db, ctx, id, { file: bss.der })
    expect(await shown(bss)).toMatchObject({ id })
    await removePartner(db, ctx, id)
    expect(await shown(bss)).toHaveProperty('refusal')
    const { id: again } = await add()
    await addPartnerCertificate(db, ctx, again, { file: bss.der })
    expect(await shown(bss)).toMatchObject({ id: again })
  })

  test('that another process removed opens nothing a second later', async () => {
    const { id } = await add()
    await addPartnerCertificate(db, ctx, id, { file: bss.der })
    expect(await shown(bss)).toMatchObject({ id })
    await db.query({ text: 'DELETE FROM partner_certificate' })
    expect(await shown(bss, [], new Date(now.getTime() + 1_000))).toHaveProperty('refusal')
  })
})

describe('the callback of a partner', () => {
  const own = { shows: 'own', certificate: bss.pem, key: bss.keyPem } as const
  const keyRow = async () =>
    (await db.query<{ id: string; key: Buffer | null }>({ text: 'SELECT id, client_key AS key FROM endpoint' })).rows[0]

  test('has an address of its own, or the path of the specification', async () => {
    const { id } = await add()
    const urlOf = async () => (await readPartner(db, actor, id))?.callback?.url
    await setCallback(db, ctx, id, { url: 'https://bss.example.com:8443/slipway/told' })
    expect(await urlOf()).toBe('https://bss.example.com:8443/slipway/told')
    await setCallback(db, ctx, id, { url: 'http://127.0.0.1:9000/' })
    expect(await urlOf()).toBe(`http://127.0.0.1:9000${progressPath}`)
    for (const url of ['ftp://a', 'bss.example.com', 'https://u:p@a', 'https://a/?token=1', 'http://bss.example.com', ''])
      await expect(setCallback(db, ctx, id, { url }), url).rejects.toThrow()
    await setCallback(db, ctx, id, { url: 'http://bss.example.com', inTheClear: true })
    expect(await urlOf()).toMatch(/^http:\/\/bss/)
  })

  test('is told the points that are wanted, under the numbers that were agreed', async () => {
    const { id } = await add()
    await setCallback(db, ctx, id, { url: 'https://a.example.com', points: { download: 3, installation: 4, deleted: 17 } })
    expect((await readPartner(db, actor, id))?.callback?.points).toEqual({ download: 3, installation: 4, deleted: 17 })
    await expect(setCallback(db, ctx, id, { url: 'https://a.example.com', points: { download: 1.5 } })).rejects.toThrow('whole number')
  })

  test('shows a certificate of its own, whose key is sealed and seen by nobody', async () => {
    const { id } = await add()
    await setCallback(db, ctx, id, { url: 'https://a.example.com', trustedCa: `${root.pem}${issuing.pem}`, client: own })
    const row = await keyRow()
    expect(await endpointTls(db, vault, row?.id ?? '')).toEqual({ ca: root.pem + issuing.pem, cert: bss.pem, key: bss.keyPem })
    const secret = bss.keyPem.split('\n')[1] ?? ''
    expect(row?.key?.includes(secret)).toBe(false)
    expect(JSON.stringify([await listPartners(db, actor), await audited()])).not.toContain(secret)
    await setCallback(db, ctx, id, { url: 'https://b.example.com', client: { shows: 'kept' } })
    expect(await endpointTls(db, vault, row?.id ?? '')).toEqual({ cert: bss.pem, key: bss.keyPem })
    await setCallback(db, ctx, id, { url: 'https://b.example.com' })
    expect(await keyRow()).toMatchObject({ id: row?.id, key: null })
    await refused(setCallback(db, ctx, id, { url: 'https://b.example.com', client: { shows: 'kept' } }), {
      clientCertificate: expect.any(String),
    })
  })

  test('takes no key of another certificate, and no file that cannot be read', async () => {
    const { id } = await add()
    const set = (more: object) => setCallback(db, ctx, id, { url: 'https://a.example.com', ...more })
    await refused(set({ client: { ...own, key: root.keyPem } }), { clientKey: expect.stringContaining('not that') })
    await refused(set({ client: { ...own, key: 'nothing' } }), { clientKey: expect.any(String) })
    await refused(set({ client: { ...own, certificate: 'nothing' } }), { clientCertificate: expect.any(String) })
    await refused(set({ trustedCa: 'nothing' }), { trustedCa: expect.any(String) })
    await refused(set({ trustedCa: makeCa('past', { notBefore: inDays(-9), notAfter: inDays(-1) }).pem }), {
      trustedCa: expect.any(String),
    })
    expect(await keyRow()).toBeUndefined()
  })

  test('is held back, let go on, and ended with its key', async () => {
    const { id } = await add()
    await expect(pauseCallback(db, ctx, id, true)).rejects.toThrow('no callback')
    await setCallback(db, ctx, id, { url: 'https://a.example.com', client: own })
    await pauseCallback(db, ctx, id, true)
    expect((await readPartner(db, actor, id))?.callback?.pausedAt).toEqual(now)
    await pauseCallback(db, ctx, id, false)
    expect((await readPartner(db, actor, id))?.callback?.pausedAt).toBeNull()
    await removeCallback(db, ctx, id)
    expect((await readPartner(db, actor, id))?.callback).toBeNull()
    expect(await keyRow()).toMatchObject({ key: null })
    await setCallback(db, ctx, id, { url: 'https://a.example.com', client: own })
    await removePartner(db, ctx, id)
    expect((await db.query({ text: 'SELECT FROM endpoint WHERE removed_at IS NULL OR client_key IS NOT NULL' })).rowCount).toBe(0)
  })
})
