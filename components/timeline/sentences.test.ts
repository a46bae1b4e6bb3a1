import { describe, expect, test } from 'vitest'
import { STATUS, type StatusName } from '@/lib/rsp/status'
import { eventFacts } from './facts'
import { CANCEL_REASONS, INSTALLATION_ERRORS } from './reasons'
import { tell, tellActor } from './sentences'

const event = (fields: Partial<Parameters<typeof tell>[0]>): Parameters<typeof tell>[0] => ({
  kind: 'authenticateClient',
  outcome: 'ok',
  status: null,
  detail: null,
  data: null,
  actor: 'device',
  ...fields,
})

const kinds = [
  'uploaded',
  'downloadOrder',
  'confirmOrder',
  'releaseProfile',
  'cancelOrder',
  'retire',
  'restore',
  'authenticateClient',
  'getBoundProfilePackage',
  'cancelSession',
  'installationResult',
  'notification',
]

describe('every step has its sentence', () => {
  test.each(kinds)('%s, done and refused', kind => {
    const ok = tell(event({ kind }))
    const no = tell(event({ kind, outcome: 'refused' }))
    expect(ok.title).toMatch(/^[A-Z].*\.$/)
    expect(ok.title).not.toContain('Something else')
    expect(no.title).toMatch(/^[A-Z].*\.$/)
    expect(no.title).not.toBe('A step was refused.')
    expect(no.tone).toBe('bad')
  })

  test('a kind that is not known yet still says something', () => {
    expect(tell(event({ kind: 'handleRpm' })).title).toContain('handleRpm')
  })
})

describe('a refusal says why', () => {
  test.each(Object.keys(STATUS) as StatusName[])('%s: the meaning in words, the code beside it', status => {
    const told = tell(event({ outcome: 'refused', status }))
    expect(told.lines[0]).toBe(STATUS[status].meaning)
    expect(told.code).toBe(`${STATUS[status].subjectCode} / ${STATUS[status].reasonCode}`)
  })

  test('what exactly did not fit and the attempts follow the meaning', () => {
    const told = tell(
      event({
        kind: 'getBoundProfilePackage',
        outcome: 'refused',
        status: 'confirmationCodeRefused',
        detail: 'the hash differs',
        data: { confirmationAttempt: 2, confirmationLimit: 3 },
      }),
    )
    expect(told.lines).toEqual([STATUS.confirmationCodeRefused.meaning, 'The hash differs.', 'Confirmation code attempt 2 of 3.'])
  })
})

describe('a download', () => {
  test('tells the attempt and warns without refusing', () => {
    const told = tell(event({ data: { attempt: 1, attemptLimit: 10, warnings: ['little free memory'] } }))
    expect(told).toEqual({
      tone: 'warn',
      title: 'A device proved itself and was shown the profile.',
      lines: ['Download attempt 1 of 10.', 'Little free memory.'],
    })
  })

  test('a retry is told apart from the first delivery', () => {
    const first = tell(event({ kind: 'getBoundProfilePackage', data: { rebound: false } })).title
    expect(tell(event({ kind: 'getBoundProfilePackage', data: { rebound: true } })).title).not.toBe(first)
  })

  test.each(Object.entries(CANCEL_REASONS))('cancel reason %s has words', (reason, words) => {
    expect(tell(event({ kind: 'cancelSession', data: { reason: Number(reason), effect: 'kept' } })).lines).toEqual([
      words,
      'The order stays as it was.',
    ])
  })

  test('a cancel reason without words keeps its number', () => {
    expect(tell(event({ kind: 'cancelSession', data: { reason: 99, effect: 'ended' } })).lines[0]).toBe('The device gave reason 99.')
  })

  test.each(Object.entries(INSTALLATION_ERRORS))('installation error %s has words', (reason, words) => {
    const told = tell(event({ kind: 'installationResult', data: { success: false, errorReason: Number(reason) } }))
    expect(told.tone).toBe('bad')
    expect(told.lines).toContain(words)
  })

  test('an installation is good news, and a late one says that it changes nothing', () => {
    expect(tell(event({ kind: 'installationResult', data: { success: true } }))).toEqual({
      tone: 'good',
      title: 'The device installed the profile.',
      lines: [],
    })
    expect(tell(event({ kind: 'installationResult', data: { success: true, late: true } })).lines).toHaveLength(1)
  })

  test.each([
    ['enable', 'The profile was enabled on the device.'],
    ['disable', 'The profile was disabled on the device.'],
    ['delete', 'The profile was deleted from the device.'],
  ])('notification %s', (name, title) => {
    expect(tell(event({ kind: 'notification', data: { event: name, sequenceNumber: 4 } })).title).toBe(title)
  })
})

test('people, commands and devices are named', () => {
  expect(tellActor('device')).toBe('Device')
  expect(tellActor('cli:anna')).toBe('anna at the terminal')
  expect(tellActor('anna@example.com')).toBe('anna@example.com')
})

test('facts carry labels and units; warnings are told once, in the sentence', () => {
  const facts = eventFacts({
    id: '1',
    at: '2026-01-01T00:00:00Z',
    orderId: null,
    transactionId: 'AB',
    eid: '89049032123451234512345678901235',
    ...event({ data: { freeMemory: 123_456, svn: '2.3.0', warnings: ['x'], newField: true, imei: null } }),
  })
  expect(facts).toEqual([
    { label: 'EID', value: '89049032123451234512345678901235' },
    { label: 'Free memory on the eUICC', value: '123.5 kB' },
    { label: 'SGP.22 version of the eUICC', value: '2.3.0' },
    { label: 'New field', value: 'yes' },
    { label: 'transactionId', value: 'AB' },
  ])
})
