import { create } from 'qrcode'
import { describe, expect, test } from 'vitest'
import { formatActivationCode, parseActivationCode, qrText } from './activation-code'

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

  test('in a QR symbol the host is in capitals, so that the text is alphanumeric and the symbol small; the code stays the same', () => {
    const code = 'LPA:1$smdp.example.com$ABCDE-FGHJK-LMNPQ-RSTUV$$1'
    expect(qrText(code)).toBe('LPA:1$SMDP.EXAMPLE.COM$ABCDE-FGHJK-LMNPQ-RSTUV$$1')
    expect(parseActivationCode(qrText(code))).toMatchObject({ matchingId: 'ABCDE-FGHJK-LMNPQ-RSTUV', confirmationCodeRequired: true })
    const symbol = (text: string) => create(text, { errorCorrectionLevel: 'M' })
    expect(symbol(qrText(code)).segments).toMatchObject([{ mode: { id: 'Alphanumeric' } }])
    const longer = 'LPA:1$smdp-plus.esim.operator.example$ABCDE-FGHJK-LMNPQ-RSTUV'
    expect(symbol(qrText(longer)).modules.size).toBeLessThan(symbol(longer).modules.size)
  })
})
