import { expect, test } from 'vitest'
import { luhnHolds } from '@/lib/rsp/identifiers'
import { bodyOf, iccidForm, iccidOf, nextRange } from './next-range'

const withCheckDigit = { digits: 19, checkDigit: true }

test('a check digit is told from a number, and made', () => {
  const iccid = iccidOf('894000000000000001', withCheckDigit)
  expect(luhnHolds(iccid)).toBe(true)
  expect(iccidForm([iccid])).toEqual(withCheckDigit)
  expect(iccidForm(['89400000000000000012', '89400000000000000013'])).toEqual({ digits: 20, checkDigit: false })
  expect(bodyOf(iccid, withCheckDigit)).toBe('894000000000000001')
})

test('the next range leaps over what is taken and stays with its issuer', async () => {
  const taken = [{ first: '8900000000000100', last: '8900000000000199' }]
  const lastWithin = async (first: string, last: string) =>
    taken.filter(range => range.first <= last && range.last >= first).map(range => (range.last < last ? range.last : last))[0]
  const wanted = { prefixDigits: 7, taken: { lastWithin } }
  expect(await nextRange({ ...wanted, from: '8900000000000050', quantity: 50 })).toEqual({
    first: '8900000000000050',
    last: '8900000000000099',
  })
  expect(await nextRange({ ...wanted, from: '8900000000000050', quantity: 51 })).toEqual({
    first: '8900000000000200',
    last: '8900000000000250',
  })
  expect(await nextRange({ ...wanted, from: '8900000999999990', quantity: 11 })).toBeUndefined()
})
