import { expect, test } from 'vitest'
import { scanActivationCode } from './activation-code'

test.each([
  [
    'LPA:1$smdp.example.com$ABC-1',
    { smdpAddress: 'smdp.example.com', matchingId: 'ABC-1', smdpOid: undefined, confirmationCodeRequired: false },
  ],
  ['1$smdp.example.com$', { smdpAddress: 'smdp.example.com', matchingId: '', smdpOid: undefined, confirmationCodeRequired: false }],
  [
    'lpa:1$localhost:8443$A$2.999.10$1',
    { smdpAddress: 'localhost:8443', matchingId: 'A', smdpOid: '2.999.10', confirmationCodeRequired: true },
  ],
  [' LPA:1$a.example$T$$1 ', { smdpAddress: 'a.example', matchingId: 'T', smdpOid: undefined, confirmationCodeRequired: true }],
])('%s', (text, expected) => {
  expect(scanActivationCode(text)).toEqual(expected)
})

test.each([
  '',
  'LPA:2$a.example$T',
  'https://a.example',
  '1$$T',
  '1$a.example',
  '1$a b$T',
  '1$a.example$t',
  '1$a.example$T$x',
  '1$a.example$T$$2',
  `1$a.example$${'A'.repeat(250)}`,
])('refused: %s', text => {
  expect(() => scanActivationCode(text)).toThrow()
})
