import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, NotAllowed } from '@/lib/accounts/actor'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { createVault } from '@/lib/vault/vault'
import { subscriberCodes } from './subscriber-codes'

const vault = createVault(new Map([[1, randomBytes(32)]]))
const admin: Actor = { kind: 'account', name: 'anna@example.com', role: 'administrator' }
const iccid = '8999900000000000012'
const codes = { pin1: '1234', pin2: '5678', puk1: '12345678', puk2: '87654321' }
let test1: TestDatabase
let db: Database
const sql = async (text: string, values: unknown[] = []) => (await db.query({ text, values })).rows

async function addProfile(name: string, { templateId, values }: { templateId: string | null; values: object }) {
  await sql(
    `INSERT INTO profile (iccid, type_id, state, state_since, package_name, saip_version, package_bytes, install_bytes, created_by)
      VALUES ($1, gen_random_uuid(), 'Available', now(), '', '2.3', 1, 1, 'test')`,
    [name],
  )
  await sql('INSERT INTO profile_package (iccid, sealed, template_id) VALUES ($1, $2, $3)', [
    name,
    vault.seal(Buffer.from(JSON.stringify(values)), `profile_package:${name}`),
    templateId,
  ])
}

beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 4 })
  const k = '000102030405060708090A0B0C0D0E0F'
  await addProfile(iccid, { templateId: crypto.randomUUID(), values: { iccid, imsi: '001010000000001', k, adm1: '11111111', ...codes } })
  await addProfile('8999900000000000020', { templateId: null, values: {} })
  await addProfile('8999900000000000038', { templateId: crypto.randomUUID(), values: { iccid: '8999900000000000038', puk1: '12345678' } })
})
afterAll(async () => {
  await db.close()
  await test1.close()
})

describe('the codes of a subscriber', () => {
  test('are PINs and PUKs and nothing else, and each view stands in the audit', async () => {
    expect(await subscriberCodes(db, { actor: admin, vault }, iccid)).toEqual(codes)
    await subscriberCodes(db, { actor: admin, vault }, iccid)
    const rows = await sql('SELECT actor, action, target, detail FROM audit')
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual({ actor: admin.name, action: 'profile:codes', target: iccid, detail: { shown: Object.keys(codes) } })
    expect(await subscriberCodes(db, { actor: admin, vault }, '8999900000000000038')).toEqual({ puk1: '12345678' })
  })

  test('are for those who may see them', async () => {
    const operator: Actor = { ...admin, role: 'operator' }
    await expect((async () => subscriberCodes(db, { actor: operator, vault }, iccid))()).rejects.toThrow(NotAllowed)
  })

  test('are not read out of a vendor’s package, nor of what is no stock', async () => {
    await expect(subscriberCodes(db, { actor: admin, vault }, '8999900000000000020')).rejects.toThrow(
      'within the package that its vendor made',
    )
    await sql('UPDATE profile SET batch_id = 99 WHERE iccid = $1', [iccid])
    await expect(subscriberCodes(db, { actor: admin, vault }, iccid)).rejects.toThrow('no such profile in stock')
  })
})
