import { expect, test } from 'vitest'
import { internationalNumbers } from './phone-numbers'

test.each([
  ['00491701234567', undefined, ['491701234567']],
  ['01701234567', undefined, []],
  ['01701234567', '49', ['4901701234567', '491701234567']],
  ['612345678', '34', ['34612345678']],
  ['00331234567', '49', ['331234567']],
  ['01144123456', '1', ['44123456']],
  ['01144123456', '49', ['4901144123456', '491144123456']],
  ['12345', '49', []],
  ['26201012345678', '49', []],
])('%s with the country code %s may mean %j', (digits, countryCode, numbers) => {
  expect(internationalNumbers(digits, countryCode)).toEqual(numbers)
})
