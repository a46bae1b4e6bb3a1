import { describe, expect, test } from 'vitest'
import { formatActivationCode, parseActivationCode } from './activation-code'

describe('§4.1 activation codes', () => {
  test.each([
    ['LPA:1$smdp.example.com$ABC-1', { smdpAddress: 'smdp.example.com', matchingId: 'ABC-1', confirmationCodeRequired: false }],
    ['LPA:1$smdp.example.com$ABC-1$$1', { smdpAddress: 'smdp.example.com', matchingId: 'ABC-1', confirmationCodeRequired: true }],
    [
      'LPA:1$smdp.example.com$ABC-1$2.999.10',
      { smdpAddress: 'smdp.example.com', matchingId: 'ABC-1', smdpOid: '2.999.10', confirmationCodeRequired: false },
    ],
    [
      'LPA:1$smdp.example.com$ABC-1$2.999.10$1',
      { smdpAddress: 'smdp.example.com', matchingId: 'ABC-1', smdpOid: '2.999.10', confirmationCodeRequired: true },
    ],
    ['LPA:1$smdp.example.com$', { smdpAddress: 'smdp.example.com', matchingId: '', confirmationCodeRequired: false }],
    ['LPA:1$localhost:8443$X', { smdpAddress: 'localhost:8443', matchingId: 'X', confirmationCodeRequired: false }],
  ])('%s', (text, code) => {
    expect(formatActivationCode(code)).toBe(text)
    expect(parseActivationCode(text)).toEqual(code)
    expect(parseActivationCode(` ${text.replace('LPA:', 'lpa:')}\n`)).toEqual(code)
    expect(parseActivationCode(text.slice(4))).toEqual(code)
  })

  test.each(['', 'LPA:', 'LPA:2$x$y', 'https://example.com', 'LPA:1$$ABC', 'LPA:1$x$lower', '1'])('“%s” is refused in a sentence', text =>
    expect(() => parseActivationCode(text)).toThrow(/^(This|The) .*\.$/),
  )
})
