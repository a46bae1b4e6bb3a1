import { describe, expect, test } from 'vitest'
import { readSearch } from './profile-search'

describe('a search text is read as the identifier that it is', () => {
  test.each([
    ['', { by: 'none' }],
    ['   ', { by: 'none' }],
    ['89000123456789012341', { by: 'iccid', iccid: '89000123456789012341' }],
    ['8900 0123 4567 8901 2341', { by: 'iccid', iccid: '89000123456789012341' }],
    ['8900012345678901234F', { by: 'iccid', iccid: '8900012345678901234' }],
    ['89049032-12345123-45123456-78901235', { by: 'eid', eid: '89049032123451234512345678901235' }],
    ['2341', { by: 'digits', digits: '2341' }],
    ['001010123456063', { by: 'digits', digits: '001010123456063', numbers: ['1010123456063'] }],
    ['+49 170 1234567', { by: 'digits', digits: '491701234567' }],
    ['+49 (0) 170 / 12.34-567', { by: 'digits', digits: '491701234567' }],
    ['0049 170 1234567', { by: 'digits', digits: '00491701234567', numbers: ['491701234567'] }],
    ['04386-12', { by: 'digits', digits: '0438612', matchingId: '04386-12' }],
    ['04386-agyft-a74y8', { by: 'matchingId', matchingId: '04386-AGYFT-A74Y8' }],
    ['04386\u0000-agyft', { by: 'matchingId', matchingId: '04386-AGYFT' }],
    ['\u0000', { by: 'none' }],
    ['LPA:1$smdp.example.com$04386-AGYFT', { by: 'matchingId', matchingId: '04386-AGYFT' }],
    ['1$smdp.example.com$04386-AGYFT$$1', { by: 'matchingId', matchingId: '04386-AGYFT' }],
  ])('%j', (text, search) => {
    expect(readSearch(text)).toEqual(search)
  })

  test('a phone number as it is dialled at home, where the country is known', () => {
    expect(readSearch('(0170) 123 45 67', '49')).toEqual({
      by: 'digits',
      digits: '01701234567',
      numbers: ['4901701234567', '491701234567'],
    })
  })
})
