import { describe, expect, test } from 'vitest'
import { hashPassword, passwordProblem, verifyPassword } from './password'

describe('a password that will not do is answered with the reason', () => {
  const cases: [string, string, RegExp][] = [
    ['short', 'Tr0ub4dor&3', /at least 12 characters/],
    ['longer than anybody types', 'ab c'.repeat(300), /at most 1024 bytes/],
    ['of few characters', 'abababababababab', /repeats very few/],
    ['a sequence', 'abcdefghijkl', /sequence/],
    ['digits in a row', '123456789012', /sequence/],
    ['the usual one', 'Password123!', /first that a guesser/],
    ['the usual one twice', 'passwordpassword', /first that a guesser/],
    ['a row of the keyboard', 'qwertyuiop12', /first that a guesser/],
    ['the person’s own address', 'ada.lovelace1', /first that a guesser/],
    ['the person’s own name', 'Lovelace2030!', /first that a guesser/],
  ]
  test.each(cases)('%s', (_, password, sentence) => {
    expect(passwordProblem(password, { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' })).toMatch(sentence)
  })
})

test.each(['correct horse battery staple', 'Пароль на русском', 'gT7#kq2!mZ9p'])('%s will do', password => {
  expect(passwordProblem(password, { email: 'ada@example.com' })).toBeUndefined()
})

describe('checking a password', () => {
  test('fits the one it was made from, whatever keyboard made its letters', async () => {
    const hash = await hashPassword('cafe\u0301 au lait, deux')
    expect(await verifyPassword(hash, 'caf\u00e9 au lait, deux')).toBe(true)
    expect(await verifyPassword(hash, 'cafe au lait, deux')).toBe(false)
  })

  test('says no where there is no account', async () => {
    expect(await verifyPassword(undefined, 'anything')).toBe(false)
    expect(await verifyPassword(null, 'anything')).toBe(false)
  })
})
