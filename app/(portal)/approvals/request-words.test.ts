import { describe, expect, test } from 'vitest'
import { placeOf, readPlace, requestWords } from './request-words'

describe('a request in words', () => {
  test('says which batch, and which of its rows', () => {
    const batch = { kind: 'batch:approve', target: '7', detail: { how: 'all', name: 'vendor.csv', type: 'Prepaid' } }
    expect(requestWords(batch)).toEqual({
      title: 'A batch becomes stock',
      about: 'vendor.csv, type Prepaid: all rows',
      href: '/batches/7',
    })
    expect(requestWords({ ...batch, detail: {} }).about).toBe('Batch 7: the rows without a finding')
  })

  test('says which key, with the check value to compare', () => {
    const detail = { keyIndex: '11', vendor: 'Cards', algorithm: 'AES', mode: 'CBC', kcv: 'A1B2C3' }
    expect(requestWords({ kind: 'transport-key', target: 'x', detail })).toMatchObject({
      about: 'Key 11 of Cards, AES CBC',
      checkValue: 'A1B2C3',
    })
  })

  test('says which profile goes past the policy, and why', () => {
    const asked = {
      kind: 'order:past-policy',
      target: '8949',
      detail: { reason: 'Fell into the sea', type: 'Prepaid', rules: ['deletion', 'wait'] },
    }
    expect(requestWords(asked)).toMatchObject({
      about: 'Profile 8949 of type Prepaid: Fell into the sea (against the policy: deletion, wait)',
      href: '/profiles/8949',
    })
  })

  test('says which rule is to be lifted', () =>
    expect(requestWords({ kind: 'approval:free', target: 'batch:approve', detail: {} }).about).toBe(
      'No second person any more for: A batch becomes stock',
    ))
})

describe('the place behind a row', () => {
  test('is read as it was written', () => {
    const row = { id: crypto.randomUUID(), requestedAt: new Date('2030-01-01T12:00:00.123Z') }
    expect(readPlace(placeOf(row))).toEqual(row)
  })

  test.each([undefined, '', 'x', '1_2', ['1', '2']])('is none otherwise: %s', text => expect(readPlace(text)).toBeUndefined())
})
