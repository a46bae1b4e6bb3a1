import { createCipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FileError } from './file-error'
import { combineParts, decryptKey, keyCheckValue, transportIndex } from './transport-key'

const hex = (text: string) => Buffer.from(text, 'hex')

describe('decryptKey', () => {
  test('FIPS 197 C.1: AES-128', () =>
    expect(decryptKey('69c4e0d86a7b0430d8cdb78070b4c55a', { algorithm: 'AES', mode: 'ECB' }, hex('000102030405060708090a0b0c0d0e0f'))).toBe(
      '00112233445566778899AABBCCDDEEFF',
    ))

  test('NIST SP 800-38A F.2.1: AES-128 in CBC with its initial vector', () =>
    expect(
      decryptKey(
        '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2',
        { algorithm: 'AES', mode: 'CBC', iv: '000102030405060708090a0b0c0d0e0f' },
        hex('2b7e151628aed2a6abf7158809cf4f3c'),
      ),
    ).toBe('6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51'))

  test.each(['AES', '3DES'] as const)('%s: each value starts anew, with zeros where no vector is given', algorithm => {
    const key = Buffer.from(Array.from({ length: 24 }, (_, i) => i * 7 + 1))
    const [ecb, cbc] = algorithm === 'AES' ? ['aes-192-ecb', 'aes-192-cbc'] : ['des-ede3-ecb', 'des-ede3-cbc']
    const value = 'ABBCCCAABBCCAABBCCAABBCCAABBCCAB'
    for (const [name, mode, iv] of [
      [ecb, 'ECB', null],
      [cbc, 'CBC', Buffer.alloc(algorithm === 'AES' ? 16 : 8)],
    ] as const) {
      const cipher = createCipheriv(name ?? '', key, iv).setAutoPadding(false)
      const sealed = cipher.update(value, 'hex', 'hex')
      expect(decryptKey(sealed, { algorithm, mode }, key)).toBe(value)
    }
  })

  test('a 3DES key of 16 octets is K1 K2 K1', () => {
    const short = hex('0123456789ABCDEFFEDCBA9876543210')
    const long = Buffer.concat([short, short.subarray(0, 8)])
    const cipher = { algorithm: '3DES', mode: 'ECB' } as const
    expect(decryptKey('00112233445566778899AABBCCDDEEFF', cipher, short)).toBe(decryptKey('00112233445566778899AABBCCDDEEFF', cipher, long))
  })

  test.each(['', 'AB', 'xyz', '00112233445566778899AABBCCDDEE'])('%j is refused without being quoted', value => {
    const refused = () => decryptKey(value, { algorithm: 'AES', mode: 'ECB' }, Buffer.alloc(16))
    expect(refused).toThrow(FileError)
    if (value) expect(refused).not.toThrow(new RegExp(value))
  })

  test('keys and vectors of a wrong length are refused', () => {
    expect(() => decryptKey('00'.repeat(16), { algorithm: '3DES', mode: 'ECB' }, Buffer.alloc(8))).toThrow(
      'A 3DES key has 16 or 24 octets, this one 8.',
    )
    expect(() => decryptKey('00'.repeat(16), { algorithm: 'AES', mode: 'ECB' }, Buffer.alloc(17))).toThrow(
      'An AES key has 16, 24 or 32 octets',
    )
    expect(() => decryptKey('00'.repeat(16), { algorithm: 'AES', mode: 'CBC', iv: '0102' }, Buffer.alloc(16))).toThrow('initial vector')
  })
})

test('check values are the first three octets of encrypted zeros', () => {
  expect(keyCheckValue('AES', Buffer.alloc(16))).toBe('66E94B')
  expect(keyCheckValue('3DES', hex('0123456789ABCDEFFEDCBA9876543210'))).toBe('08D7B4')
})

test('parts make the key by exclusive or, in any order', () => {
  const [a, b, c] = [hex('ff00ff00'), hex('0ff00ff0'), hex('12345678')]
  expect(combineParts([a, b, c])).toEqual(hex('e2c4a688'))
  expect(combineParts([c, a, b])).toEqual(combineParts([a, b, c]))
  expect(() => combineParts([a])).toThrow(FileError)
  expect(() => combineParts([a, hex('00')])).toThrow('different lengths')
})

test('numbers of keys are compared without leading zeros', () =>
  expect(['011', ' 11 ', '0', 'A-07'].map(transportIndex)).toEqual(['11', '11', '0', 'A-07']))
