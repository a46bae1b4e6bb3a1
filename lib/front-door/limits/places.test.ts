import { expect, test } from 'vitest'
import { Places } from './places'

test('each key has so many places at once; one that is given back, once or twice, is one', () => {
  const places = new Places(2)
  const back = places.take('a')
  expect(places.take('a')).toBeDefined()
  expect(places.take('a')).toBeUndefined()
  expect(places.take('b')).toBeDefined()
  back?.()
  back?.()
  expect(places.take('a')).toBeDefined()
  expect(places.take('a')).toBeUndefined()
})

test('a key without places is forgotten', () => {
  const places = new Places(10)
  for (const back of Array.from({ length: 10 }, () => places.take('a'))) back?.()
  expect(places.size).toBe(0)
})
