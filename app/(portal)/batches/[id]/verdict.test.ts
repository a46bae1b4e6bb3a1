import { expect, test } from 'vitest'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import { verdictOf } from './verdict'

const report = (counts: Partial<BatchReport>): BatchReport => {
  const { good = 0, warned = 0, refused = 0 } = counts
  return { rows: good + warned + refused, good, warned, refused, kinds: [], whole: [], durationMs: 1, ...counts }
}
const told = (counts: Partial<BatchReport>) => {
  const { tone, title, sentence } = verdictOf(report(counts))
  return `${tone}: ${title} ${sentence}`
}

test('a person sees at once that a file is good', () => {
  expect(told({ good: 10_000 })).toBe('good: All 10,000 rows are good. Approve, and they are in stock.')
  expect(told({ good: 1 })).toBe('good: The row is good. Approve, and it is in stock.')
})

test('errors are counted, and what can be done stands beside them', () => {
  expect(told({ good: 8, refused: 2 })).toBe(
    'warn: 8 of 10 rows are good. 2 have errors and cannot become stock. Approve the good rows, or mend the file and upload it again.',
  )
  expect(told({ good: 1, warned: 3, refused: 1 })).toBe(
    'warn: 1 of 5 rows is good. 1 has an error and cannot become stock. 3 rows have warnings. Approve the good rows, or mend the file and upload it again.',
  )
  expect(told({ refused: 3 })).toBe('bad: None of the 3 rows can become stock. See below what is wrong. Mend the file and upload it again.')
  expect(told({ warned: 1, refused: 1 })).toMatch(/^bad: 0 of 2 rows are good\. .* No row is without a finding: mend the file/)
})

test('warnings alone leave the choice', () => {
  expect(told({ good: 8, warned: 1 })).toMatch(/^warn: No errors\. 1 row has a warning\. Look at the warnings, then approve all rows, or/)
})

test('columns that nobody needs do not make a good file look doubtful', () => {
  const whole = [{ kind: 'unused-column', severity: 'warning' as const, sentence: 'The column "Farbe" is not used.' }]
  expect(told({ good: 9, whole })).toMatch(/^good: All 9 rows are good\./)
  expect(told({ good: 9, whole: [...whole, { ...whole[0], kind: 'iccid-gaps', severity: 'warning', sentence: 'Gaps.' }] })).toMatch(
    /^warn:/,
  )
})

test('what is wrong with the whole file, or with its sample, is not passed over', () => {
  const whole = [{ kind: 'quantity', severity: 'error' as const, sentence: 'One row is missing.' }]
  expect(told({ good: 9, whole })).toMatch(/^bad: All 9 rows are good; the file as a whole needs a look\./)
  expect(told({ good: 9, preflight: { result: 'failed', sentence: 'No.' } })).toMatch(/^bad: The sample could not be installed\./)
})
