import { afterAll, beforeAll, expect, test } from 'vitest'
import { machineOf } from '../../bench/machine'
import { Laboratory } from '../../testing/laboratory'
import { Office, partnerNamed } from '../testing/office'
import { bareOrders } from './bare-sql'
import type { Measurement } from './figures'
import { readOptions, stocksOf } from './options'
import { reportLines } from './report'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

/** Of all rows of an order, the columns that are filled. */
async function filledColumns(iccid: string): Promise<Record<string, string[][]>> {
  const found: Record<string, string[][]> = {}
  for (const [table, condition] of [
    ['es2_call', 'iccid = $1'],
    ['download_order', 'iccid = $1'],
    ['profile', 'iccid = $1'],
    ['profile_event', `iccid = $1 AND kind IN ('downloadOrder', 'confirmOrder')`],
    ['audit', 'target = $1'],
    ['audit_personal', 'audit_id IN (SELECT id FROM audit WHERE target = $1)'],
    ['customer_link', 'iccid = $1'],
  ] as const) {
    const rows = await lab.sql(`SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${condition} ORDER BY t.*::text`, [iccid])
    const filled = rows.map(({ row }) => Object.entries(row as object).flatMap(([name, value]) => (value === null ? [] : name)))
    found[table] = filled.map(names => names.sort()).sort()
  }
  return found
}

test('bare SQL makes the same changes as the two calls: the same rows with the same columns in the same tables', async () => {
  const partner = partnerNamed('bss.example.com')
  const office = new Office(lab)
  const [{ iccid }, other] = [await lab.addProfile(), await lab.addProfile()]
  for (const [name, members] of [
    ['downloadOrder', { iccid }],
    ['confirmOrder', { iccid, releaseFlag: true }],
  ] as const)
    expect((await office.call(partner, name, members)).verdict).toBe('ok')
  const order = await bareOrders(lab.db, partner.id)
  await order(other.iccid)
  expect(await filledColumns(other.iccid)).toEqual(await filledColumns(iccid))
  expect(await lab.profile(other.iccid)).toMatchObject({ state: 'Released' })
})

test('--full measures with 1,000 and 1,000,000 in stock', () => {
  expect(stocksOf(readOptions(['--full']))).toEqual([1_000, 1_000_000])
  expect(stocksOf(readOptions(['--stock', '5']))).toEqual([5])
  expect(() => readOptions(['--seconds', 'many'])).toThrow('--seconds')
})

test('the report has the rate beside that of bare SQL, and what failed', () => {
  const latency = { p50: 1, p95: 2, p99: 3 }
  const found: Measurement = {
    stock: 1_000,
    orders: 400,
    failed: 1,
    failures: ['downloadOrder: 500'],
    seconds: 1,
    ordersPerSecond: 400,
    bareOrdersPerSecond: 800,
    share: 0.5,
    serverMs: 2,
    postgresMs: undefined,
    loadMs: 0.3,
    bareClientMs: 1,
    barePostgresMs: undefined,
    serverCorePercent: 60,
    disturbedPercent: 5,
    otherCoresPercent: 90,
    latencyMs: { downloadOrder: latency, confirmOrder: latency, order: latency },
  }
  const machine = machineOf({ server: 0, others: [1], pinned: true })
  const lines = reportLines({ machine, connections: 16, measurements: [found] }).join('\n')
  expect(lines).toMatch(/1,000 +400 +800 +0\.50 +2\.00 +–/)
  expect(lines).toContain('not always busy')
  expect(lines).toContain('1 orders FAILED, such as\n  downloadOrder: 500')
})
