import { expect, test } from 'vitest'
import { safeNext } from './safe-next'

test.each([
  ['/profiles?state=Released&page=2#top', '/profiles?state=Released&page=2#top'],
  ['/profiles?_rsc=abc&q=1', '/profiles?q=1'],
  ['https://evil.example.com/', '/'],
  ['//evil.example.com/', '/'],
  ['/\\evil.example.com', '/'],
  ['/..//evil.example.com', '/'],
  ['/\t/evil.example.com', '/'],
  ['javascript:alert(1)', '/'],
  ['profiles', '/'],
  ['/api/auth/signout', '/'],
  ['/sign-in?next=/sign-in', '/'],
  ['', '/'],
  [undefined, '/'],
  [['/a', '/b'], '/'],
])('after signing in, %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path)
})
