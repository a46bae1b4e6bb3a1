import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import type { BatchRow } from './row'
import { openRowSpool } from './row-spool'
import { openSpool } from './sealed-spool'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a spool gives back what was appended, from any place, and has no name on the disk', async () => {
  const spool = await openSpool(folder)
  const octets = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 31 + (i >> 8)) & 0xff))
  for (let at = 0; at < octets.length; at += 99_991) await spool.append(octets.subarray(at, at + 99_991))
  expect(spool.size).toBe(octets.length)
  for (const [at, length] of [
    [0, 10],
    [15, 3],
    [16, 16],
    [262_143, 5],
    [699_990, 100],
    [700_001, 5],
  ] as const) {
    const found = Buffer.alloc(length)
    const count = await spool.read(found, at)
    expect(found.subarray(0, count)).toEqual(octets.subarray(at, at + length))
  }
  expect(await readdir(folder)).toEqual([])
  await spool.close()
})

describe('a spool of rows', () => {
  test('finds each row by its ICCID once, the first of equal ones first, and tells which are left', async () => {
    const spool = await openRowSpool(folder)
    const rows: BatchRow[] = Array.from({ length: 5_000 }, (_, n) => ({
      line: n + 2,
      iccid: testIccid(n),
      k: 'A'.repeat(n % 3 ? 32 : 2_000),
    }))
    rows.push({ line: 6_000, iccid: testIccid(7) }, { line: 6_001 })
    for (const row of rows) await spool.add(row)
    expect(await spool.take(testIccid(4_998))).toEqual(rows[4_998])
    expect((await spool.take(testIccid(7)))?.line).toBe(9)
    expect((await spool.take(testIccid(7)))?.line).toBe(6_000)
    expect(await spool.take(testIccid(7))).toBeUndefined()
    expect(await spool.take(testIccid(70_000))).toBeUndefined()
    const left: BatchRow[] = []
    for await (const row of spool.left()) left.push(row)
    expect(left).toEqual(rows.filter(({ line }) => ![9, 5_000, 6_000].includes(line)))
    await spool.close()
  })

  test('survives a table whose rows are all of one ICCID', async () => {
    const spool = await openRowSpool(folder)
    for (let line = 0; line < 3_000; line++) await spool.add({ line, iccid: testIccid(1) })
    expect((await spool.take(testIccid(1)))?.iccid).toBe(testIccid(1))
    expect(await spool.take(testIccid(2))).toBeUndefined()
    await spool.close()
  })
})
