import { expect, test } from 'vitest'
import { DeclaredFields, declaredProblems } from './declared-fields'

test('what the vendor declared is read as people type it, and nothing is declared by leaving it out', () => {
  expect(DeclaredFields.parse({ quantity: '10,000', firstIccid: '8999 9120 0000 0000 010F', lastIccid: ' ' })).toEqual({
    quantity: 10_000,
    firstIccid: '8999912000000000010',
    lastIccid: undefined,
  })
  expect(DeclaredFields.parse({ quantity: '1000000', firstIccid: '', lastIccid: '' }).quantity).toBe(1_000_000)
})

test('what is no number and no ICCID is said beside its field', () => {
  expect(declaredProblems({ quantity: '', firstIccid: '', lastIccid: '' })).toEqual({})
  expect(declaredProblems({ quantity: '1,5', firstIccid: '8999', lastIccid: '8999912000000000010' })).toEqual({
    quantity: 'A whole number is needed.',
    firstIccid: 'An ICCID has 18 to 20 digits.',
  })
})
