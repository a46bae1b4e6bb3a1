import { expect, test } from 'vitest'
import { durationWords, timeLeftWords } from './duration-words'

test('how long something takes is said in one unit, rounded, and never as nothing', () => {
  expect([0, 0.4, 1, 39.2, 89, 90, 610, 5_300, 7_200].map(durationWords)).toEqual([
    '1 second',
    '1 second',
    '1 second',
    '40 seconds',
    '89 seconds',
    '2 minutes',
    '10 minutes',
    '88 minutes',
    '2 hours',
  ])
  expect(timeLeftWords(61)).toBe('about 61 seconds left')
})
