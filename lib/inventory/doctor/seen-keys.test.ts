import { expect, test } from 'vitest'
import { opcFromOp } from '@/lib/rsp/saip/milenage'
import { publishedKeys, publishedOperatorCodes } from './published-keys'
import { SeenKeys } from './seen-keys'

test('a million and a half keys are told apart, beyond that neighbours', () => {
  const seen = new SeenKeys()
  const keyOf = (n: number) => n.toString(16).padStart(32, '0')
  let repeated = 0
  for (let n = 0; n < 1_600_000; n++) if (seen.lineOf(keyOf(n), n + 2) !== undefined) repeated++
  expect(repeated).toBe(0)
  expect([0, 1, 4095, 1_400_000].map(n => seen.lineOf(keyOf(n), 9_000_000))).toEqual([2, 3, 4097, 1_400_002])
  expect(seen.lineOf(keyOf(2_000_000), 10)).toBeUndefined()
  expect(seen.lineOf(keyOf(2_000_000), 11)).toBe(10)
  expect(seen.lineOf(keyOf(2_000_001), 12)).toBeUndefined()
  expect(seen.lineOf(keyOf(2_000_000), 13)).toBeUndefined()
})

test('TS 35.208: OPc of the published sets follow from their K and OP', () => {
  const [, , third = '', fourth = '', fifth = '', sixth = ''] = publishedKeys
  for (const [k, op] of [
    [third, 'DBC59ADCB6F9A0EF735477B7FADF8374'],
    [fourth, '223014C5806694C007CA1EEEF57F004F'],
    [fifth, '2D16C5CD1FDF6B22383584E3BEF2A8D8'],
    [sixth, '1BA00A1A7C6700AC8C3FF3E96AD08725'],
  ] as const) {
    const opc = opcFromOp(Buffer.from(k, 'hex'), Buffer.from(op, 'hex'))
    expect(publishedOperatorCodes).toContain(opc.toString('hex').toUpperCase())
  }
})
