import { expect, test } from 'vitest'
import { EVENT_KINDS } from '@/lib/db/profile-events'
import { eventWords } from './event-words'

const bare = { status: null, detail: null, data: null } as const

test.each(EVENT_KINDS)('%s is told in words, done or refused', kind => {
  expect(eventWords({ kind, outcome: 'ok', ...bare })).toMatch(/ /)
  expect(eventWords({ kind, outcome: 'refused', ...bare })).toMatch(/ /)
})

test('a refusal says why, with its codes', () => {
  const told = eventWords({ ...bare, kind: 'authenticateClient', outcome: 'refused', status: 'eidRefused' })
  expect(told).toBe('was turned away: The order is for another eUICC. Check the EID of the device against the order. (8.1.1/3.8)')
})
