import { describe, expect, test } from 'vitest'
import { EVENT_KINDS } from '@/lib/db/profile-events'
import { STATUS, type StatusName } from '../status'
import { CANCEL_REASONS, INSTALLATION_ERRORS } from './reasons'
import { tell, tellActor, tellInOneLine } from './sentences'

const event = (fields: Partial<Parameters<typeof tell>[0]>): Parameters<typeof tell>[0] => ({
  kind: 'authenticateClient',
  outcome: 'ok',
  status: null,
  detail: null,
  data: null,
  actor: 'device',
  ...fields,
})

describe('every step has its sentence', () => {
  test.each(EVENT_KINDS)('%s, done and refused', kind => {
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

describe('a new phone', () => {
  test('a move says who had the profile, and why it went past the policy', () => {
    const eid = '89049032123451234512345678901235'
    expect(tell(event({ kind: 'reissue', data: { eid, failed: false } }))).toEqual({
      tone: 'plain',
      title: 'The profile moves to a new phone: the code before is dead.',
      lines: [`The eUICC ${eid} had it.`],
    })
    const past = tell(event({ kind: 'reissue', data: { eid: null, reason: 'fell into the sea', requestedBy: 'anna@example.com' } }))
    expect(past).toMatchObject({
      tone: 'warn',
      lines: ['Past the policy of its type: fell into the sea.', 'anna@example.com asked for it.'],
    })
  })

  test.each([
    ['bar', { newIccid: '8949', reason: 'Phone lost' }, ['Profile 8949 takes its place.', 'Reason: Phone lost.']],
    ['replacement', { oldIccid: '8948', reason: 'Phone lost' }, ['Reason: Phone lost.']],
  ])('%s names the other profile and the reason', (kind, data, lines) => {
    const told = tell(event({ kind, data }))
    expect(told.lines).toEqual(lines)
    expect([told.title, ...told.lines].join(' ')).toMatch(/8949|8948/)
  })
})

test('people, commands and devices are named', () => {
  expect(tellActor('device')).toBe('Device')
  expect(tellActor('customer')).toBe('Customer')
  expect(tellActor('cli:anna')).toBe('anna at the terminal')
  expect(tellActor('anna@example.com')).toBe('anna@example.com')
})

test('a terminal has it in one line', () => {
  expect(tellInOneLine(event({ outcome: 'refused', status: 'eidRefused' }))).toBe(
    'A device was turned away. The order is for another eUICC. Check the EID of the device against the order. (8.1.1 / 3.8)',
  )
})
