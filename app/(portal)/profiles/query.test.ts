import { expect, test } from 'vitest'
import { readProfileQuery } from './query'

test('control characters in the URL never reach the database', () => {
  expect(readProfileQuery({ q: 'a\u0000b', type: ['x\u0000', 'y'] })).toMatchObject({ search: 'a b', type: 'x ' })
})
