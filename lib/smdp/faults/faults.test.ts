import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { clockCases } from './clock'
import { databaseCases } from './database-faults'
import { floodCases } from './flood'
import { httpCases } from './http-faults'
import { killCases } from './kills'
import { mutationCase } from './mutation/mutate'
import { raceCases } from './races'
import { createReport, type Report } from './report'

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/faults.mjs', '--bundle'], { stdio: 'inherit' })
})

/** Runs cases and shows what they found. */
async function expectSound(work: (report: Report) => Promise<void>, cases: number): Promise<void> {
  const lines: string[] = []
  const report = createReport(line => lines.push(line))
  await work(report)
  expect(report.failed, lines.filter(line => !line.startsWith('✓')).join('\n')).toBe(0)
  expect(report.passed).toBeGreaterThanOrEqual(cases)
}

const short = true
const seed = 1_600_000_001

describe.concurrent('the short form of `npm run faults`', () => {
  test(
    'a server killed at its commits and in its answers loses nothing',
    () => expectSound(report => killCases(report, { short }), 14),
    180_000,
  )
  test('a PostgreSQL killed or cut off loses nothing', () => expectSound(report => databaseCases(report, { short }), 5), 180_000)
  test('a clock that jumps an hour loses nothing', () => expectSound(clockCases, 3), 180_000)
  test('of many who want the same, one gets it', () => expectSound(report => raceCases(report, { short }), 12), 180_000)
  test('broken HTTP is answered 4xx and changes nothing', () => expectSound(report => httpCases(report, { short, seed }), 3), 180_000)
  test('floods of strangers write nothing', () => expectSound(report => floodCases(report, { short }), 2), 180_000)
  test(
    '3,000 mutated messages are no error of the server and change nothing',
    () => expectSound(report => mutationCase(report, { mutations: 3_000, seed, first: 0 }), 1),
    180_000,
  )
})
