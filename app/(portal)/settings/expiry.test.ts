import { expect, test } from 'vitest'
import { byUrgency, expiryOf } from './expiry'

const now = new Date('2026-06-01T12:00:00Z')
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)

test('a certificate warns from 60 days before its end on', () => {
  expect(expiryOf(inDays(60), now)).toEqual({ tone: 'good', word: 'Valid' })
  expect(expiryOf(inDays(59.5), now)).toEqual({ tone: 'warn', word: '59 days left' })
  expect(expiryOf(inDays(1), now)).toEqual({ tone: 'warn', word: '1 day left' })
  expect(expiryOf(inDays(0.5), now)).toEqual({ tone: 'warn', word: 'Expires today' })
})

test('a certificate has expired at its last moment', () => {
  expect(expiryOf(now, now)).toEqual({ tone: 'bad', word: 'Expired' })
})

test('what ends first comes first, what is out of use last', () => {
  const [late, soon, retired] = [{ notAfter: inDays(9) }, { notAfter: inDays(2) }, { notAfter: inDays(1), retiredAt: now }]
  expect(byUrgency([late, retired, soon])).toEqual([soon, late, retired])
})
