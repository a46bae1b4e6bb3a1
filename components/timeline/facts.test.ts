import { expect, test } from 'vitest'
import { eventFacts, hidesDevice } from './facts'

test('facts carry labels and units; warnings are told once, in the sentence', () => {
  const facts = eventFacts({
    id: '1',
    at: '2026-01-01T00:00:00Z',
    orderId: null,
    transactionId: 'AB',
    eid: '89049032123451234512345678901235',
    kind: 'authenticateClient',
    outcome: 'ok',
    status: null,
    detail: null,
    actor: 'device',
    data: { freeMemory: 123_456, svn: '2.3.0', warnings: ['x'], newField: true, imei: null },
  })
  expect(facts).toEqual([
    { label: 'EID', value: '89049032123451234512345678901235' },
    { label: 'Free memory on the eUICC', value: '123.5 kB' },
    { label: 'SGP.22 version of the eUICC', value: '2.3.0' },
    { label: 'New field', value: 'yes' },
    { label: 'transactionId', value: 'AB' },
  ])
})

test('a masked EID or IMEI can be asked for, a masked code cannot', () => {
  expect(hidesDevice({ eid: '••••1235', data: null })).toBe(true)
  expect(hidesDevice({ eid: null, data: { imei: '••••3809' } })).toBe(true)
  expect(hidesDevice({ eid: '89049032123451234512345678901235', data: { matchingId: '••••ABCD' } })).toBe(false)
})
