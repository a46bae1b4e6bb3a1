import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { type Actor, NotAllowed } from './actor'
import { ROLE_NAMES } from './roles'
import { hide, setSupportSeesCodes, showsDevice, sightOf } from './sight'

const eid = '89049032123451234512345678901235'
const nothing = { eids: false, codes: false }
const administrator: Actor = { kind: 'account', name: 'a@example.com', role: 'administrator' }

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

test('an EID is masked to its last four digits wherever it stands', () => {
  const at = new Date(0)
  const event = { eid, at, data: { deep: [{ said: `The eUICC ${eid} took it.` }] }, orderId: null, count: 3 }
  expect(hide(event, nothing)).toEqual({
    eid: '••••1235',
    at,
    data: { deep: [{ said: 'The eUICC ••••1235 took it.' }] },
    orderId: null,
    count: 3,
  })
  expect(JSON.stringify(hide(event, { eids: false, codes: true }))).not.toContain(eid)
})

test('an ICCID, an IMSI and a hash are no EID', () => {
  const others = { iccid: '8949990000000000017', imsi: '999990000000017', hash: `${'0'.repeat(40)}` }
  expect(hide(others, nothing)).toEqual(others)
})

test('a matching ID is masked by its field, and within an activation code', () => {
  const order = { matchingId: 'K7Q2-M4XD-9HPR-ABCD', said: 'LPA:1$rsp.example.com$K7Q2-M4XD-9HPR-ABCD', without: { matchingId: '' } }
  expect(hide(order, nothing)).toEqual({
    matchingId: '••••ABCD',
    said: 'LPA:1$rsp.example.com$••••ABCD',
    without: { matchingId: '' },
  })
  expect(hide(order, { eids: false, codes: true })).toEqual(order)
})

test('an IMEI is masked by its field, and in a decoded message by its name', () => {
  const told = {
    data: { imei: '356938035643809' },
    fields: [
      { name: 'imei', value: '356938035643809' },
      { name: 'svn', value: '2.3.0' },
    ],
  }
  expect(hide(told, { eids: false, codes: true })).toEqual({
    data: { imei: '••••3809' },
    fields: [
      { name: 'imei', value: '••••3809' },
      { name: 'svn', value: '2.3.0' },
    ],
  })
  expect(hide(told, { eids: true, codes: false })).toEqual(told)
  expect(hide({ name: 'matchingId', value: 'K7Q2-M4XD-9HPR-ABCD' }, { eids: true, codes: false })).toEqual({
    name: 'matchingId',
    value: '••••ABCD',
  })
  expect([
    showsDevice(told),
    showsDevice(hide(told, nothing)),
    showsDevice({ eid }),
    showsDevice({ iccid: '8949990000000000017' }),
  ]).toEqual([true, false, true, false])
})

test('whoever sees everything gets the same', () => {
  const order = { eid, matchingId: 'K7Q2-M4XD' }
  expect(hide(order, { eids: true, codes: true })).toBe(order)
})

test('operators see all; support sees codes only once the setting lets them, approvers and auditors never', async () => {
  const seen = async () => Object.fromEntries(await Promise.all(ROLE_NAMES.map(async role => [role, await sightOf(db, role)] as const)))
  const all = { eids: true, codes: true }
  expect(await seen()).toEqual({ administrator: all, operator: all, approver: nothing, support: nothing, auditor: nothing })
  await setSupportSeesCodes(db, administrator, true)
  expect(await seen()).toEqual({
    administrator: all,
    operator: all,
    approver: nothing,
    support: { eids: false, codes: true },
    auditor: nothing,
  })
  await expect(setSupportSeesCodes(db, { ...administrator, role: 'operator' }, true)).rejects.toThrow(NotAllowed)
})
