import { expect, test } from 'vitest'
import { daysLeftWords, paceOf, perDayWords } from './pace'

test('the pace takes whole weeks, each half as much as the one after it', () => {
  expect(paceOf([], 6.9)).toEqual({ known: false, days: 6 })
  expect(paceOf(Array(28).fill(5), 100)).toEqual({ known: true, perDay: 5, fromDays: 28 })
  const oneWeek = [7, 0, 0, 0, 0, 0, 0, 700]
  expect(paceOf(oneWeek, 13)).toEqual({ known: true, perDay: 1, fromDays: 7 })
  const twoWeeks = [...Array(7).fill(4), ...Array(7).fill(1)]
  expect(paceOf(twoWeeks, 14)).toEqual({ known: true, perDay: 3, fromDays: 14 })
  expect([0.5, 1.5, 12.9, 90, 400].map(daysLeftWords)).toEqual([
    'less than a day',
    'about a day',
    'about 12 days',
    'about 12 weeks',
    'more than a year',
  ])
  expect([0.0333, 1.26, 12.7, 1234.5].map(perDayWords)).toEqual(['0.03', '1.3', '13', '1,230'])
})
