import { createCipheriv, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, NotAllowed } from '@/lib/accounts/actor'
import { openApproval } from '@/lib/accounts/approvals/approvals'
import { requireApproval } from '@/lib/accounts/approvals/settings'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { createVault } from '@/lib/vault/vault'
import { keyCheckValue } from './formats/transport-key'
import {
  decideTransportKey,
  enterTransportKey,
  enterTransportKeyPart,
  listTransportKeys,
  retireTransportKey,
  TransportKeyInput,
  TransportKeyPartInput,
  transportKeyLookup,
} from './transport-keys'

let test1: TestDatabase
let db: Database
const vault = createVault(new Map([[1, randomBytes(32)]]))
beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 6 })
})
afterAll(async () => {
  await db.close()
  await test1.close()
})
beforeEach(async () => {
  for (const table of ['transport_key', 'approval', 'setting', 'account', 'audit']) await db.query({ text: `DELETE FROM ${table}` })
})

const person = (name: string): Actor => ({ kind: 'account', name: `${name}@example.com`, role: 'administrator' })
const [anna, ben, cleo] = [person('anna'), person('ben'), person('cleo')]
const key = randomBytes(16).toString('hex').toUpperCase()
const kcvOf = (hex: string, algorithm: 'AES' | '3DES' = 'AES') => keyCheckValue(algorithm, Buffer.from(hex, 'hex'))
const xor = (one: string, other: string) =>
  Buffer.from(Buffer.from(one, 'hex').map((octet, i) => octet ^ (Buffer.from(other, 'hex')[i] ?? 0)))
    .toString('hex')
    .toUpperCase()

const enter = (actor: Actor, input: Partial<TransportKeyInput> = {}) =>
  enterTransportKey(db, { actor, vault }, TransportKeyInput.parse({ vendor: 'Cards', keyIndex: '011', algorithm: 'AES', key, ...input }))
const enterPart = (actor: Actor, id: string, part: string, checkValue?: string) =>
  enterTransportKeyPart(db, { actor, vault }, TransportKeyPartInput.parse({ id, key: part, checkValue }))
const found = async (index: string, vendor: string | null = 'Cards') =>
  (await transportKeyLookup(db, vault, vendor)(index))?.key.toString('hex').toUpperCase()
const issues = (input: object) => {
  const parsed = TransportKeyInput.safeParse({ keyIndex: '1', algorithm: 'AES', key, ...input })
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
const everything = async () =>
  JSON.stringify([
    (await db.query({ text: 'SELECT t::text AS row FROM transport_key t' })).rows,
    (await db.query({ text: 'SELECT t::text AS row FROM audit t' })).rows,
    await listTransportKeys(db, anna),
  ]).toUpperCase()

describe('a transport key entered whole', () => {
  test('is found by the vendor’s number, however many zeros stand before it, and decrypts', async () => {
    expect(await enter(anna)).toEqual({ id: expect.any(String), checkValue: kcvOf(key), kcv: kcvOf(key), state: 'inUse' })
    for (const index of ['11', '011', ' 0011 ']) expect(await found(index)).toBe(key)
    expect(await found('11', 'cards')).toBe(key)
    for (const [index, vendor] of [
      ['12', 'Cards'],
      ['11', 'Others'],
      ['11', null],
    ] as const)
      expect(await found(index, vendor)).toBeUndefined()
  })

  test('is shown as check value, number and algorithm only', async () => {
    await enter(anna, { key: key.toLowerCase().replace(/(..)/g, '$1 ') })
    expect(await listTransportKeys(db, ben)).toMatchObject([
      { vendor: 'Cards', keyIndex: '11', algorithm: 'AES', mode: 'ECB', kcv: kcvOf(key), createdBy: anna.name, approvalId: null },
    ])
    expect(await everything()).not.toContain(key)
  })

  test('of a vendor goes before one for any vendor', async () => {
    const general = randomBytes(16).toString('hex').toUpperCase()
    await enter(anna, { vendor: '', key: general })
    expect(await found('11')).toBe(general)
    expect(await found('11', null)).toBe(general)
    await enter(anna)
    expect(await found('11')).toBe(key)
    expect(await found('11', 'Others')).toBe(general)
  })

  test('has its mode and initial vector with it', async () => {
    const iv = randomBytes(8).toString('hex').toUpperCase()
    const tripleDes = randomBytes(16).toString('hex')
    await enter(anna, { algorithm: '3DES', mode: 'CBC', iv, key: tripleDes })
    expect(await transportKeyLookup(db, vault, 'Cards')('11')).toEqual({
      algorithm: '3DES',
      mode: 'CBC',
      iv,
      key: Buffer.from(tripleDes, 'hex'),
    })
  })

  test('is not kept when its check value is another one than on the paper', async () => {
    const wrong = enter(anna, { checkValue: 'AAAAAA' })
    await expect(wrong).rejects.toMatchObject({ fields: { checkValue: expect.stringContaining(kcvOf(key)) } })
    expect(await listTransportKeys(db, anna)).toEqual([])
    expect(await enter(anna, { checkValue: kcvOf(key).toLowerCase() })).toMatchObject({ state: 'inUse' })
  })

  test('takes the place of none that is in use', async () => {
    const { id } = await enter(anna)
    await expect(enter(ben, { key: randomBytes(16).toString('hex') })).rejects.toThrow('number 11 of Cards already. Retire it first.')
    await retireTransportKey(db, { actor: ben }, id)
    expect(await found('11')).toBeUndefined()
    const other = randomBytes(16).toString('hex').toUpperCase()
    await enter(ben, { key: other })
    expect(await found('11')).toBe(other)
    const { rows } = await db.query({ text: 'SELECT sealed, sealed_parts FROM transport_key WHERE id = $1', values: [id] })
    expect(rows).toEqual([{ sealed: null, sealed_parts: [] }])
    await expect(retireTransportKey(db, { actor: ben }, id)).rejects.toThrow('not in use any more')
  })

  test.each([
    [{ key: 'zz' }, 'key: A key is written in hexadecimal digits, two for each octet.'],
    [{ key: key.slice(2) }, 'key: An AES key has 32, 48 or 64 digits.'],
    [{ algorithm: '3DES', key: key.slice(16) }, 'key: A 3DES key has 32 or 48 digits.'],
    [{ iv: '00'.repeat(16) }, 'iv: ECB has no initial vector.'],
    [{ mode: 'CBC', iv: '00'.repeat(8) }, 'iv: With AES the initial vector has 32 digits.'],
    [{ keyIndex: '' }, 'keyIndex: The vendor’s number of a key has 1 to 32 digits or letters.'],
  ])('is refused in a sentence by its field, without being quoted', (input, sentence) => expect(issues(input)[0]).toBe(sentence))

  test('is refused when it is none: equal octets, equal halves', async () => {
    await expect(enter(anna, { key: '00'.repeat(16) })).rejects.toThrow('This is no key.')
    await expect(enter(anna, { algorithm: '3DES', key: '0123456789ABCDEF'.repeat(2) })).rejects.toThrow('This is no 3DES key.')
    expect(await listTransportKeys(db, anna)).toEqual([])
  })

  test('is a matter of those who may', async () => {
    const nobody = { ...anna, role: 'guest' as Actor['role'] }
    await expect((async () => enter(nobody))()).rejects.toThrow(NotAllowed)
  })
})

describe('a transport key in parts', () => {
  const [one, two] = [randomBytes(16).toString('hex').toUpperCase(), randomBytes(16).toString('hex').toUpperCase()]

  test('is whole when each person has entered theirs; each sees the check value of their own part', async () => {
    const begun = await enter(anna, { parts: 2, key: one })
    expect(begun).toEqual({ id: begun.id, checkValue: kcvOf(one), state: 'incomplete' })
    expect(await found('11')).toBeUndefined()
    expect(await enterPart(ben, begun.id, two, kcvOf(two))).toEqual({
      id: begun.id,
      checkValue: kcvOf(two),
      kcv: kcvOf(xor(one, two)),
      state: 'inUse',
    })
    expect(await found('11')).toBe(xor(one, two))
    await expect(enterPart(cleo, begun.id, one)).rejects.toThrow('All parts of this key have been entered already.')
    const text = await everything()
    for (const secret of [one, two, xor(one, two)]) expect(text).not.toContain(secret)
    expect((await db.query({ text: 'SELECT sealed_parts FROM transport_key' })).rows).toEqual([{ sealed_parts: [] }])
  })

  test('takes no second part of the same person: it takes the place of their first', async () => {
    const { id } = await enter(anna, { parts: 2, key: key })
    expect(await enterPart(anna, id, one)).toMatchObject({ state: 'incomplete' })
    await enterPart(ben, id, two)
    expect(await found('11')).toBe(xor(one, two))
  })

  test('of three takes three people', async () => {
    const { id } = await enter(anna, { parts: 3, key: one })
    expect(await enterPart(ben, id, two)).toMatchObject({ state: 'incomplete' })
    expect(await enterPart(cleo, id, key)).toMatchObject({ state: 'inUse', kcv: kcvOf(xor(xor(one, two), key)) })
  })

  test('is whole once, when the last two enter theirs at the same moment', async () => {
    const { id } = await enter(anna, { parts: 3, key: one })
    const states = await Promise.all([enterPart(ben, id, two), enterPart(cleo, id, key)])
    expect(states.map(({ state }) => state).sort()).toEqual(['inUse', 'incomplete'])
    expect(await found('11')).toBe(xor(xor(one, two), key))
  })

  test('refuses parts of another length, and parts that cancel each other out', async () => {
    const { id } = await enter(anna, { parts: 2, key: one })
    await expect(enterPart(ben, id, one + two)).rejects.toThrow('another length')
    await expect(enterPart(ben, id, one)).rejects.toThrow('cancel each other out')
    expect(await listTransportKeys(db, anna)).toMatchObject([{ kcv: null, enteredBy: [anna.name] }])
    await retireTransportKey(db, { actor: ben }, id)
    await expect(enterPart(ben, id, two)).rejects.toThrow('not in use any more')
  })
})

describe('where a transport key needs a second person', () => {
  beforeEach(async () => {
    for (const { name } of [anna, ben])
      await db.query({
        text: `INSERT INTO account (email, role, password_hash, created_by) VALUES ($1, 'administrator', 'x', 'test')`,
        values: [name],
      })
    await requireApproval(db, anna, 'transport-key', true)
  })

  test('one entered whole is used once another person has approved it', async () => {
    const { id, state, kcv } = await enter(anna)
    expect(state).toBe('waiting')
    expect(await found('11')).toBeUndefined()
    const approval = await openApproval(db, 'transport-key', id)
    expect(approval?.detail).toEqual({ vendor: 'Cards', keyIndex: '11', algorithm: 'AES', mode: 'ECB', kcv })
    await expect(decideTransportKey(db, { actor: anna }, approval?.id ?? '', 'approved')).rejects.toThrow('it takes a second person')
    await decideTransportKey(db, { actor: ben }, approval?.id ?? '', 'approved')
    expect(await found('11')).toBe(key)
  })

  test('one that the second person declines is gone, and may be entered again', async () => {
    const { id } = await enter(anna)
    await decideTransportKey(db, { actor: ben }, (await openApproval(db, 'transport-key', id))?.id ?? '', 'declined')
    expect(await found('11')).toBeUndefined()
    expect(await enter(anna)).toMatchObject({ state: 'waiting' })
  })

  test('one that is retired waits for nobody any more', async () => {
    const { id } = await enter(anna)
    await retireTransportKey(db, { actor: anna }, id)
    expect(await openApproval(db, 'transport-key', id)).toBeUndefined()
  })

  test('one in parts has had its second person', async () => {
    const part = randomBytes(16).toString('hex').toUpperCase()
    const { id } = await enter(anna, { parts: 2, key: part })
    expect(await enterPart(ben, id, key)).toMatchObject({ state: 'inUse' })
    const plain = createCipheriv('aes-128-ecb', Buffer.from(xor(part, key), 'hex'), null).setAutoPadding(false)
    expect((await transportKeyLookup(db, vault, 'Cards')('11'))?.key).toEqual(Buffer.from(xor(part, key), 'hex'))
    expect(plain.update(Buffer.alloc(16)).subarray(0, 3).toString('hex').toUpperCase()).toBe(kcvOf(xor(part, key)))
  })
})
