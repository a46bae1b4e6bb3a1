import { expect, test } from 'vitest'
import { chanceOf, mixed } from './chance'

test('a seed repeats what it gave', () => {
  const draw = (seed: number) => Array.from({ length: 20 }, (_, number) => chanceOf(mixed(seed, number)).bytes(8).toString('hex'))
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(new Set(draw(7)).size).toBe(20)
})
