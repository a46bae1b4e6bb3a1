import { expect, test } from 'vitest'
import { dayWords, percentWords, secondsWords, timeTicks, valueWords } from './series'

test('a length of time is told in its largest unit', () => {
  expect([4, 59.6, 60, 750, 5_400, 86_400, 86_400 * 42].map(secondsWords)).toEqual([
    '4 s',
    '60 s',
    '1 min',
    '13 min',
    '1.5 h',
    '1 day',
    '42 days',
  ])
})

test('a share is not all while something is missing, and not nothing while there is something', () => {
  expect([0, 0.01, 2, 33.333, 99.97, 100].map(percentWords)).toEqual(['0%', '0.1%', '2.0%', '33.3%', '99.9%', '100%'])
})

test('a scale of time begins below the shortest and ends above the longest', () => {
  expect(timeTicks([90, 50_000])).toEqual([60, 600, 3_600, 21_600, 86_400])
  expect(timeTicks([0, 3])).toEqual([1, 10, 60])
  expect(timeTicks([40_000_000])).toEqual([31_536_000])
})

test('a day is written without its year, and nothing as a dash', () => {
  expect(dayWords('2026-11-02')).toBe('2 Nov')
  expect([valueWords(null, 'percent'), valueWords(12_345, 'count')]).toEqual(['–', '12,345'])
})
