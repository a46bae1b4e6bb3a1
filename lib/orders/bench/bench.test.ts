import { expect, test } from 'vitest'
import type { FileFigures, IssueFigures } from './figures'
import { readOptions } from './options'
import { limits, reportLines } from './report'

const issued: IssueFigures = { runId: '', issued: 100, seconds: 2, cpuSeconds: 1, peakBytes: 100e6 }
const file: FileFigures = { codes: 100, bytes: 5_000, seconds: 1, cpuSeconds: 1, peakBytes: 150e6, longestTurnMs: 12 }
const measured = {
  codes: 100,
  issued,
  files: { csv: file, zip: file, labels: file, cards: file },
  baseline: { sqlSeconds: 1, qrSeconds: 0.5 },
}

test('it is good when every code is issued and in every file, within bounded memory', () => {
  const { isGood, lines } = reportLines(measured)
  expect(isGood).toBe(true)
  expect(lines.join('\n')).toContain('Issuing 2.00 times the SQL, ZIP 2.00 and labels 2.00 times the QR codes.')
  expect(reportLines({ ...measured, issued: { ...issued, issued: 99 } }).isGood).toBe(false)
  expect(reportLines({ ...measured, files: { ...measured.files, zip: { ...file, codes: 99 } } }).isGood).toBe(false)
  expect(reportLines({ ...measured, files: { ...measured.files, cards: { ...file, peakBytes: limits.peakBytes } } }).isGood).toBe(false)
})

test('options are read, and refused in words', () => {
  expect(readOptions([])).toMatchObject({ codes: 10_000, help: false })
  expect(readOptions(['--codes', '500'])).toMatchObject({ codes: 500 })
  expect(() => readOptions(['--codes', 'many'])).toThrow('--codes')
})
