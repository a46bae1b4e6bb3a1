import { expect, test } from 'vitest'
import { forwardedAddress } from './forwarded-address'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['1.2.3.4, 127.0.0.1,203.0.113.9', '203.0.113.9'],
  ['1.2.3.4, [2001:DB8::7]:4711', '2001:db8::7'],
  ['1.2.3.4, unknown', ''],
  ['', ''],
  [null, ''],
])('of %s only what the last proxy wrote counts', (header, address) => {
  expect(forwardedAddress(header)).toBe(address)
})
