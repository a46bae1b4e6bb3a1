import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { modelsOf, nameDevices } from '@/lib/db/device-model-rows'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { deviceListState, type ImportMode, importDevices } from './import-devices'

const operator: Actor = { kind: 'account', name: 'operator@example.com', role: 'operator' }

let server: TestDatabase
let db: Database
beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db.close()
  await server.close()
})
beforeEach(() => db.query({ text: 'DELETE FROM device_model; DELETE FROM setting' }))

async function* octets(text: string) {
  yield Buffer.from(text)
}
const load = (text: string, mode: ImportMode = 'add', actor = operator) =>
  importDevices(db, actor, { source: octets(text), name: 'devices.csv', mode })
const named = async (...tacs: string[]) => Object.fromEntries(await modelsOf(db, tacs))

const first = 'tac,brand,model\n35290611,Acme,One\n35290612,Acme,Two\n'

test('a file adds to the list and corrects what it says, or takes the place of all of it', async () => {
  expect(await deviceListState(db)).toEqual({ total: 0 })
  expect(await load(first)).toEqual({ taken: 2, total: 2, refused: 0, problems: [], padded: 0 })
  expect(await load('tac,brand,model\n35290612,Acme,Two S\n35290613,Globex,Five\n')).toMatchObject({ taken: 2, total: 3 })
  expect(await named('35290611', '35290612', '35290613', '35290699', '')).toEqual({
    '35290611': { brand: 'Acme', model: 'One' },
    '35290612': { brand: 'Acme', model: 'Two S' },
    '35290613': { brand: 'Globex', model: 'Five' },
  })
  expect(await load('tac,brand,model\n35290699,Initech,X\n', 'replace')).toMatchObject({ taken: 1, total: 1 })
  expect(await named('35290611', '35290699')).toEqual({ '35290699': { brand: 'Initech', model: 'X' } })
  expect(await deviceListState(db)).toMatchObject({
    total: 1,
    last: { file: 'devices.csv', mode: 'replace', taken: 1, by: 'operator@example.com' },
  })
})

test('a file of which less can be used than not changes nothing and says why', async () => {
  await load(first)
  await expect(load('tac,brand,model\n1,Acme,One\n2,Acme,Two\n35290699,Initech,X\n', 'replace')).rejects.toThrow(
    '2 of 3 lines cannot be used, so nothing was changed. The first is line 2: A TAC has eight digits, this one has 1.',
  )
  await expect(load('tac,brand,model\n', 'replace')).rejects.toThrow('The file names no device. Nothing was changed.')
  await expect(load('no table at all', 'replace')).rejects.toThrow('No column of TACs was found')
  expect(Object.keys(await named('35290611', '35290612', '35290699'))).toEqual(['35290611', '35290612'])
})

test('who loaded what is audited; the support desk may not', async () => {
  await load(first)
  const { rows } = await db.query({
    text: "SELECT actor, target, detail FROM audit WHERE action = 'device:write' ORDER BY id DESC LIMIT 1",
  })
  expect(rows).toEqual([{ actor: 'operator@example.com', target: 'devices.csv', detail: { mode: 'add', taken: 2, refused: 0, total: 2 } }])
  await expect(load(first, 'add', { kind: 'account', name: 'support@example.com', role: 'support' })).rejects.toThrow()
})

test('events get brand and model beside their TAC', async () => {
  await load(first)
  const events = [{ data: { tac: '35290611', svn: '2.2.2' } }, { data: { tac: '35999999' } }, { data: null }]
  expect(await nameDevices(db, events)).toEqual([
    { data: { tac: '35290611', svn: '2.2.2', brand: 'Acme', model: 'One' } },
    { data: { tac: '35999999' } },
    { data: null },
  ])
})

test('a list that takes several statements is loaded whole, also in the place of itself', async () => {
  const lines = Array.from({ length: 25_000 }, (_, n) => `${35_000_000 + n},Brand ${n % 400},Model ${n}\n`).join('')
  for (const mode of ['add', 'replace'] as const)
    expect(await load(`tac,brand,model\n${lines}`, mode)).toMatchObject({ taken: 25_000, total: 25_000 })
}, 20_000)
