import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Iccid, luhnHolds } from '@/lib/rsp/identifiers'
import { readOptions } from './options'
import { limits, reportLines } from './report'
import { header, subscriber, writeSubscribers } from './subscribers'

test('the made-up subscribers are sound and never alike', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const path = join(folder, 'rows.csv')
  await writeSubscribers(path, 2_500)
  const [first, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n')
  rmSync(folder, { recursive: true })
  expect(first).toBe(header)
  expect(new Set(rows).size).toBe(2_500)
  expect(rows[1_234]).toBe(subscriber(1_234).join(','))
  for (const row of rows) expect(luhnHolds(Iccid.parse(row.split(',')[0]))).toBe(true)
})

test('the import is good as long as it takes at most twice the least, and half a gigabyte', () => {
  const imported = {
    rows: 10,
    good: 10,
    kinds: [],
    uploadSeconds: 1,
    checkSeconds: 8,
    checkCpuSeconds: 5,
    approveSeconds: 1,
    peakBytes: 300e6,
  }
  const measured = { rows: 10, fileBytes: 1e6, imported, baseline: { sealSeconds: 1, copySeconds: 4 } }
  expect(reportLines(measured)).toMatchObject({ isGood: true, figures: { ratio: 2 } })
  expect(reportLines({ ...measured, imported: { ...imported, checkSeconds: 8.1 } }).isGood).toBe(false)
  expect(reportLines({ ...measured, imported: { ...imported, peakBytes: limits.peakBytes } }).isGood).toBe(false)
  expect(reportLines({ ...measured, imported: { ...imported, good: 9, kinds: ['Malformed key: 1'] } }).lines.at(-1)).toContain(
    'Malformed key: 1',
  )
})

test('options are read, and refused in words', () => {
  expect(readOptions([])).toMatchObject({ rows: 1_000_000, help: false })
  expect(readOptions(['--rows', '5000'])).toMatchObject({ rows: 5_000 })
  expect(() => readOptions(['--rows', 'many'])).toThrow('--rows')
})
