import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, one, openDatabase } from '@/lib/db/pool'
import { luhnHolds } from '@/lib/rsp/identifiers'
import { readOutHeader } from '../formats/out-file'
import { alertOfStock } from './alerts'
import { bodyOf, iccidOf } from './next-range'
import { makeReorder, ReorderInput, suggestedQuantity } from './reorder'
import { reorderFile, reorderFileName } from './reorder-file'
import { stockLevel, stockLevels } from './stock-levels'

let testDatabase: TestDatabase
let db: Database

const now = new Date('2026-05-03T12:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
const actor: Actor = { kind: 'account', name: 'ops@example.com', role: 'operator' }
const withCheckDigit = { digits: 19, checkDigit: true }

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
})

afterEach(async () => {
  await db.close()
  await testDatabase.close()
})

interface NewType {
  name?: string
  alertLevel?: number
  recipients?: string[]
  reorderQuantity?: number
  createdAt?: Date
}

async function addType({
  name = 'Consumer',
  alertLevel,
  recipients = [],
  reorderQuantity,
  createdAt = daysAgo(100),
}: NewType = {}): Promise<string> {
  const row = await one<{ id: string }>(db, {
    text: `INSERT INTO profile_type (name, alert_level, alert_recipients, reorder_quantity, created_at, created_by) VALUES ($1, $2, $3, $4, $5, 'x') RETURNING id`,
    values: [name, alertLevel ?? null, recipients, reorderQuantity ?? null, createdAt],
  })
  return row?.id ?? ''
}

async function addBatch(typeId: string, state: string, decidedAt: Date): Promise<string> {
  const row = await one<{ id: string }>(db, {
    text: `INSERT INTO batch (type_id, state, name, format, created_by, decided_at) VALUES ($1, $2, 'b.csv', 'csv', 'x', $3) RETURNING id::text`,
    values: [typeId, state, decidedAt],
  })
  return row?.id ?? ''
}

interface NewProfiles {
  /** Body of the first ICCID. */
  from?: string
  imsi?: string
  count: number
  state?: string
  batchId?: string
}

/** Profiles with numbers in a row, as many as a statement makes quickly. */
async function addProfiles(
  typeId: string,
  { from = '890000000000000000', imsi, count, state = 'Available', batchId }: NewProfiles,
): Promise<string[]> {
  const iccids = Array.from({ length: count }, (_, i) => iccidOf(String(BigInt(from) + BigInt(i)), withCheckDigit))
  const imsis = Array.from({ length: count }, (_, i) => (imsi ? String(BigInt(imsi) + BigInt(i)).padStart(15, '0') : null))
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, state_since, package_name, saip_version, mandatory_services, package_bytes, install_bytes, imsi, mcc_mnc, created_at, created_by, batch_id)
      SELECT n.iccid, $3, $4, $5, 'p', '2.3', '{}', 1, 1, n.imsi, left(n.imsi, 5), $5, 'x', $6::bigint FROM unnest($1::text[], $2::text[]) AS n(iccid, imsi)`,
    values: [iccids, imsis, typeId, state, now, batchId ?? null],
  })
  return iccids
}

async function addOrders(iccids: readonly string[], createdAt: Date, closed?: { at: Date; outcome: string }): Promise<void> {
  await db.query({
    text: `INSERT INTO download_order (id, iccid, download_limit, confirmation_limit, created_at, created_by, closed_at, outcome)
      SELECT gen_random_uuid(), iccid, 10, 3, $2, 'x', $3, $4 FROM unnest($1::text[]) AS iccid`,
    values: [iccids, createdAt, closed?.at ?? null, closed?.outcome ?? null],
  })
}

test('counts what is in stock by state, never drafts, and tells how long it lasts', async () => {
  const typeId = await addType()
  const approved = await addBatch(typeId, 'approved', daysAgo(40))
  const draft = await addBatch(typeId, 'draft', now)
  await addProfiles(typeId, { count: 60, batchId: approved })
  const sold = await addProfiles(typeId, { from: '890000000000001000', count: 28, state: 'Installed', batchId: approved })
  await addProfiles(typeId, { from: '890000000000002000', count: 500, batchId: draft })
  for (const [i, iccid] of sold.entries())
    await addOrders([iccid], daysAgo(i + 0.5), i % 2 ? { at: daysAgo(i), outcome: 'installed' } : undefined)
  // These gave their profile back, or were long ago.
  await addOrders(sold.slice(0, 5), daysAgo(3), { at: daysAgo(2), outcome: 'cancelled' })
  await addOrders(sold.slice(0, 5), daysAgo(200), { at: daysAgo(2), outcome: 'failed' })
  const level = await stockLevel(db, now, typeId)
  expect(level).toMatchObject({
    typeName: 'Consumer',
    available: 60,
    profiles: 88,
    pace: { known: true, perDay: 1, fromDays: 28 },
    daysLeft: 60,
  })
  expect(level?.counts).toMatchObject({ Available: 60, Installed: 28, Error: 0 })
  expect(level?.ordersPerDay).toEqual(Array(28).fill(1))
})

test('says that there is not enough history, and does not guess', async () => {
  const fresh = await addType({ name: 'Fresh' })
  const batchId = await addBatch(fresh, 'approved', daysAgo(3))
  await addOrders((await addProfiles(fresh, { count: 20, batchId })).slice(0, 10), daysAgo(1))
  const empty = await addType({ name: 'Empty' })
  const levels = await stockLevels(db, now)
  expect(levels.map(({ typeName, pace, daysLeft }) => ({ typeName, pace, daysLeft }))).toEqual([
    { typeName: 'Empty', pace: { known: false, days: 0 }, daysLeft: undefined },
    { typeName: 'Fresh', pace: { known: false, days: 3 }, daysLeft: undefined },
  ])
  expect(suggestedQuantity({ reorderQuantity: null, pace: { known: false, days: 3 } })).toBeUndefined()
  expect(await stockLevel(db, now, empty)).toMatchObject({ available: 0, profiles: 0 })
})

test('mails once when stock falls below the level and once when it is enough again, whichever server looks', async () => {
  const typeId = await addType({ alertLevel: 3, recipients: ['a@example.com', 'b@example.com'] })
  const [first = ''] = await addProfiles(typeId, { count: 3 })
  const draft = await addBatch(typeId, 'draft', now)
  await addProfiles(typeId, { from: '890000000000002000', count: 100, batchId: draft })
  const look = () => Promise.all([1, 2, 3].map(() => alertOfStock(db, { now, portalUrl: 'https://portal.example.com' })))
  const mails = async () => (await db.query({ text: 'SELECT recipient, subject, body FROM outbox ORDER BY created_at, recipient' })).rows
  await look()
  expect(await mails()).toEqual([])
  await db.query({ text: `UPDATE profile SET state = 'Allocated' WHERE iccid = $1`, values: [first] })
  await look()
  await look()
  const low = await mails()
  expect(low).toMatchObject([{ recipient: 'a@example.com' }, { recipient: 'b@example.com' }])
  expect(low[0]?.subject).toBe('Stock of Consumer is low: 2 are left')
  expect(low[0]?.body).toContain(`https://portal.example.com/types/${typeId}`)
  await db.query({ text: `UPDATE batch SET state = 'approved'` })
  await look()
  await look()
  const all = await mails()
  expect(all).toHaveLength(4)
  expect(all[3]?.subject).toBe('Stock of Consumer is enough again')
  await db.query({ text: 'UPDATE profile_type SET alerted_at = now(), alert_level = NULL' })
  await look()
  expect(await mails()).toHaveLength(4)
  expect(await one(db, { text: 'SELECT alerted_at FROM profile_type' })).toEqual({ alerted_at: null })
})

const order = (typeId: string, more: object = {}) => makeReorder(db, { actor, now }, ReorderInput.parse({ typeId, ...more }))

test('a reorder continues the highest ICCID and IMSI of its type, past drafts, other types and earlier orders', async () => {
  const [typeId, other] = [await addType({ reorderQuantity: 10 }), await addType({ name: 'Other' })]
  const draft = await addBatch(typeId, 'draft', now)
  await addProfiles(typeId, { from: '894000000000000000', imsi: '262010000000000', count: 3 })
  await addProfiles(typeId, { from: '894000000000000003', imsi: '262010000000003', count: 2, batchId: draft })
  await addProfiles(other, { from: '894000000000000012', imsi: '262010000000020', count: 1 })
  const first = await order(typeId)
  expect(first).toMatchObject({
    quantity: 10,
    iccid: { first: iccidOf('894000000000000013', withCheckDigit), last: iccidOf('894000000000000022', withCheckDigit) },
    imsi: { first: '262010000000005', last: '262010000000014' },
  })
  const second = await order(typeId, { quantity: 7, vendor: 'Cards Inc.' })
  expect(bodyOf(second.iccid.first, withCheckDigit)).toBe('894000000000000023')
  expect(second.imsi).toEqual({ first: '262010000000021', last: '262010000000027' })
  const third = await order(other, { quantity: 2 })
  expect(bodyOf(third.iccid.first, withCheckDigit)).toBe('894000000000000030')
  const { rows } = await db.query({ text: "SELECT actor, target, detail->>'quantity' AS quantity FROM audit ORDER BY id" })
  expect(rows).toEqual([
    { actor: 'ops@example.com', target: 'Consumer', quantity: '10' },
    { actor: 'ops@example.com', target: 'Consumer', quantity: '7' },
    { actor: 'ops@example.com', target: 'Other', quantity: '2' },
  ])
})

test('a reorder of a type without profiles or history asks for what it must know', async () => {
  const typeId = await addType()
  await expect(order(typeId)).rejects.toMatchObject({ fields: { quantity: expect.any(String) } })
  await expect(order(typeId, { quantity: 5 })).rejects.toMatchObject({ fields: { firstIccid: expect.any(String) } })
  await expect(order(typeId, { quantity: 5, firstIccid: '8940000000000000001' })).resolves.toMatchObject({ checkDigit: false })
  const firstIccid = iccidOf('894900000000000000', withCheckDigit)
  const made = await order(typeId, { quantity: 5, firstIccid, firstImsi: '262420000000000' })
  expect(made).toMatchObject({
    checkDigit: true,
    iccid: { first: firstIccid },
    imsi: { first: '262420000000000', last: '262420000000004' },
  })
  await expect(order(typeId, { quantity: 5, firstIccid: iccidOf('894000099999999998', withCheckDigit) })).rejects.toMatchObject({
    fields: { firstIccid: expect.any(String) },
  })
  await expect(order('00000000-0000-4000-8000-000000000000', { quantity: 5 })).rejects.toThrow('no such profile type')
})

test('two who order at once get different numbers', async () => {
  const typeId = await addType()
  await addProfiles(typeId, { count: 1, imsi: '262010000000000' })
  const made = await Promise.all([1, 2, 3, 4].map(() => order(typeId, { quantity: 100 })))
  expect(new Set(made.map(({ iccid }) => iccid.first)).size).toBe(4)
  expect(new Set(made.map(({ imsi }) => imsi?.first)).size).toBe(4)
})

test('the vendor’s file has first values and quantity, and what comes back with its header is read', async () => {
  const typeId = await addType({ name: 'Größe M' })
  await addProfiles(typeId, { count: 1, imsi: '262010000000000' })
  const made = await order(typeId, { quantity: 2_500, vendor: 'Cards\nInc.'.replace('\n', ' ') })
  const file = [...reorderFile(made, 'inp')].join('')
  expect(file).toContain(`Quantity: 2500\r\n`)
  expect(file).toContain(`ICCID: ${made.iccid.first}\r\nIMSI: 262010000000001\r\n`)
  const header = readOutHeader(`${file.replaceAll('\r\n', '\n')}${made.iccid.first} 262010000000001 1 2 3 4 5 6 7 8\n`)
  expect(header).toMatchObject({ quantity: 2_500, type: 'Größe M', inputVariables: { ICCID: made.iccid.first, IMSI: '262010000000001' } })
  expect(header.columns.slice(0, 2)).toEqual(['ICCID', 'IMSI'])
  const rows = [...reorderFile(made, 'csv')].join('').trimEnd().split('\r\n')
  expect(rows).toHaveLength(2_501)
  expect(rows[0]).toBe('ICCID,IMSI')
  expect(rows.at(-1)).toBe(`${made.iccid.last},${made.imsi?.last}`)
  expect(rows.slice(1).every(row => luhnHolds(row.split(',')[0] ?? ''))).toBe(true)
  expect(reorderFileName(made, 'inp')).toBe('reorder-gr-e-m-20260503.inp')
})

test('many who look at once are answered by one count', async () => {
  const typeId = await addType()
  await addProfiles(typeId, { count: 1 })
  const query = vi.spyOn(db, 'query')
  const levels = await Promise.all([1, 2, 3, 4, 5].map(() => stockLevel(db, now, typeId)))
  expect(levels.map(level => level?.available)).toEqual([1, 1, 1, 1, 1])
  expect(levels[0]?.countedAt).toEqual(now)
  expect(query.mock.calls.filter(([{ text }]) => text.includes('FROM profile GROUP BY'))).toHaveLength(1)
})
