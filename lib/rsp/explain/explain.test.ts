import { describe, expect, test } from 'vitest'
import { VERBS } from '@/lib/accounts/roles'
import { STATUS, type StatusName } from '../status'
import type { TimelineEvent } from '../timeline/event'
import { CANCEL_REASONS, INSTALLATION_ERRORS } from '../timeline/reasons'
import { ACTIONS } from './actions'
import { type Attempt, attemptOfUnproved, attemptsOf } from './attempt'
import { CANCELLATIONS } from './cancellations'
import type { ExplainedOrder, ExplainedProfile, Surroundings } from './case'
import { ELEMENT_STATUSES } from './element-statuses'
import { ELIGIBILITY_RULES } from './eligibility-rules'
import { explain } from './explain'
import { type Explanation, sayAll } from './explanation'
import { COMMAND_WORDS, INSTALLATIONS } from './installations'

const now = new Date('2026-11-22T12:00:00Z')
const eid = '89049032123451234512345678904317'
const otherEid = '89049032123451234512345678909921'

const order: ExplainedOrder = {
  id: 'order',
  eid: null,
  matchingId: 'AB12',
  confirmationCodeRequired: true,
  confirmationAttempts: 1,
  confirmationLimit: 5,
  downloadAttempts: 1,
  downloadLimit: 10,
  expiresAt: null,
  closedAt: null,
  outcome: null,
}
const profile: ExplainedProfile = { state: 'Released', stateSince: now, runtimeState: null, runtimeSince: null, eid: null }
const open: Surroundings = { order, profile, now }
const ended: Surroundings = {
  order: { ...order, closedAt: now, outcome: 'failed' },
  profile: { ...profile, state: 'Error', eid },
  now,
}

let nextId = 1
const event = (fields: Partial<TimelineEvent>): TimelineEvent => ({
  id: String(nextId++),
  at: '2026-11-22T11:30:00.000Z',
  orderId: 'order',
  eid,
  transactionId: 'AA',
  actor: 'device',
  kind: 'authenticateClient',
  outcome: 'ok',
  status: null,
  detail: null,
  data: null,
  ...fields,
})
const attempt = (...events: Partial<TimelineEvent>[]): Attempt => {
  const [only] = attemptsOf(events.map(event))
  if (!only) throw new Error('no attempt')
  return only
}
const shown = { data: { freeMemory: 38_000, neededMemory: 52_000 } }
const taken = { kind: 'getBoundProfilePackage' }
const refused = (status: StatusName, fields: Partial<TimelineEvent> = {}) => attempt({ outcome: 'refused', status, ...fields })
const cancelled = (reason: number, hadPackage = false) =>
  attempt(shown, ...(hadPackage ? [taken] : []), { kind: 'cancelSession', data: { reason, effect: 'kept' } })
const notInstalled = (data: object) => attempt(shown, taken, { kind: 'installationResult', data: { success: false, ...data } })

/** Abbreviations and names of fields of the specification, and numbers with dots. */
const jargon =
  /\d+\.\d+\.\d+|\d+\.\d+\/|\b(BPP|PPR\d?|EUM|CI|DP\+?|SM-DP|TAC|SVN|OID|PE|eUICC|EUICC|LPA|matchingId|MatchingID|transactionId|[a-z]+[A-Z]\w+)\b/

function reads(told: Explanation) {
  expect(told.sentence).toMatch(/^[A-Z0-9].{15,}[.!?]$/)
  expect(told.advice).toMatch(/^[A-Z].{15,}[.!?]$/)
  const words = `${told.sentence} ${told.advice}`.replaceAll('eSIM', 'profile')
  expect(words).not.toMatch(jargon)
  expect(words).not.toMatch(/undefined|null|NaN| {2}|\(\)/)
  expect(new Set(told.actions).size).toBe(told.actions.length)
  for (const action of told.actions) expect(ACTIONS).toHaveProperty(action)
}

const everyWay = (made: Attempt) => {
  for (const surroundings of [open, ended, { now }]) reads(explain(made, surroundings))
  return explain(made, open)
}

test('every action names a verb of the table of roles', () => {
  for (const { verb, label, about } of Object.values(ACTIONS)) {
    expect(VERBS).toHaveProperty([verb])
    expect(label).not.toBe('')
    expect(about).toMatch(/^[A-Z].*\.$/)
  }
})

describe('every subject and reason code has its sentence and its advice', () => {
  const names = Object.keys(STATUS) as StatusName[]
  test.each(names)('%s', status => {
    const told = everyWay(refused(status))
    expect(told.specialist).toBe(`${STATUS[status].subjectCode} / ${STATUS[status].reasonCode} ${STATUS[status].message}`)
    expect(sayAll(told)).toMatch(/\)$/)
    reads(explain(attemptOfUnproved({ at: now, function: 'initiateAuthentication', status }), { now }))
  })

  test('no two of them say the same', () => {
    const sentences = names.map(status => explain(refused(status), open).sentence)
    expect(sentences.filter((sentence, i) => sentences.indexOf(sentence) !== i)).toEqual([])
  })

  test.each(Object.keys(ELIGIBILITY_RULES).filter(rule => rule !== 'memory'))('what stood against the profile: %s', rule => {
    const told = everyWay(refused('profileNotEligible', { data: { against: [rule] } }))
    expect(told.sentence).not.toBe(explain(refused('profileNotEligible'), open).sentence)
  })
})

describe('every cancel reason has its sentence and its advice', () => {
  const reasons = [0, 1, 2, 3, 4, 5, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 127]

  test.each(reasons)('reason %i', reason => {
    expect(CANCELLATIONS).toHaveProperty([String(reason)])
    for (const hadPackage of [true, false]) everyWay(cancelled(reason, hadPackage))
    expect(explain(cancelled(reason), open).specialist).toBe(`cancel reason ${reason}`)
  })

  test('those of the timeline are all among them, and no two say the same', () => {
    for (const reason of Object.keys(CANCEL_REASONS)) expect(CANCELLATIONS).toHaveProperty([reason])
    const sentences = reasons.map(reason => explain(cancelled(reason), open).sentence)
    expect(new Set(sentences).size).toBe(reasons.length)
  })

  test('one that is not known yet still says something', () => everyWay(cancelled(99)))
})

describe('every installation error has its sentence and its advice', () => {
  const errors = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 26, 127]

  test.each(errors)('error %i', errorReason => {
    expect(INSTALLATIONS).toHaveProperty([String(errorReason)])
    for (const bppCommandId of [undefined, ...Object.keys(COMMAND_WORDS).map(Number)]) {
      const told = everyWay(notInstalled({ errorReason, bppCommandId }))
      expect(told.specialist).toContain(`installation error ${errorReason}`)
    }
  })

  test('those of the timeline are all among them, and no two say the same', () => {
    for (const error of Object.keys(INSTALLATION_ERRORS)) expect(INSTALLATIONS).toHaveProperty([error])
    const sentences = errors.map(errorReason => explain(notInstalled({ errorReason }), open).sentence)
    expect(new Set(sentences).size).toBe(errors.length)
  })

  test('one that is not known yet still says something', () => everyWay(notInstalled({ errorReason: 99 })))
})

describe('every profile-element status has its sentence and its advice', () => {
  const statuses = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31]
  const stopped = (status: number) =>
    notInstalled({ errorReason: 12, bppCommandId: 5, peStatus: [{ status: 0 }, { status, identification: 7 }] })

  test.each(statuses)('status %i', status => {
    expect(ELEMENT_STATUSES).toHaveProperty([String(status)])
    expect(everyWay(stopped(status)).specialist).toMatch(/installation error 12, during loading the profile elements, profile element/)
  })

  test('no two say the same', () => {
    expect(new Set(statuses.map(status => explain(stopped(status), open).sentence)).size).toBe(statuses.length)
  })

  test('status words and proprietary values are two kinds of their own', () => {
    const [word, otherWord, proprietary] = [0x6a84, 0x9240, 0xa001].map(status => everyWay(stopped(status)).sentence)
    expect(word).toBe(otherWord)
    expect(word).not.toBe(proprietary)
  })
})

describe('an attempt is explained with what is known of device and order', () => {
  test('memory: both amounts, and that the code still works', () => {
    expect(explain(notInstalled({ errorReason: 10 }), open)).toMatchObject({
      sentence: 'The phone has 38 kB free and this profile needs 52 kB.',
      advice: 'Ask the customer to delete an unused eSIM, then let them scan again: the code still works.',
      tone: 'warn',
    })
  })

  test('amounts that would look alike are told in bytes', () => {
    const data = { freeMemory: 52_000, neededMemory: 52_010 }
    expect(explain(refused('insufficientMemory', { data }), open).sentence).toBe(
      'The phone has 52,000 bytes free and this profile needs 52,010 bytes.',
    )
  })

  test('brand and model are named where they are known', () => {
    const made = notInstalled({ errorReason: 10 })
    expect(explain({ ...made, device: { ...made.device, brand: 'Acme', model: 'One' } }, open).sentence).toMatch(/^The Acme One has 38 kB/)
    const twice = { ...made.device, brand: 'Acme', model: 'Acme One' }
    expect(explain({ ...made, device: twice }, open).sentence).toMatch(/^The Acme One has 38 kB/)
  })

  test('no code is promised that is dead, has run out, is used up or not released', () => {
    const made = notInstalled({ errorReason: 11 })
    const orders: [Partial<ExplainedOrder>, Partial<ExplainedProfile>, RegExp, string][] = [
      [{ closedAt: now, outcome: 'failed' }, { state: 'Error' }, /this one is dead/, 'move'],
      [{ expiresAt: new Date(now.getTime() - 1) }, {}, /good until 22 November 2026/, 'cancelOrder'],
      [{ downloadAttempts: 10 }, {}, /as often as it may be/, 'cancelOrder'],
      [{}, { state: 'Confirmed' }, /release the order/i, 'releaseOrder'],
    ]
    for (const [of, its, words, action] of orders) {
      const told = explain(made, { order: { ...order, ...of }, profile: { ...profile, ...its }, now })
      expect(told.advice).not.toContain('still works')
      expect(told.advice).toMatch(words)
      expect(told.actions).toContain(action)
    }
  })

  test('the last tries are counted', () => {
    const told = explain(notInstalled({ errorReason: 11 }), { ...open, order: { ...order, downloadAttempts: 9 } })
    expect(told.advice).toMatch(/1 download attempt is left\.$/)
    expect(told.actions).toContain('raiseLimit')
  })

  test('only the phone that took the package may try again', () => {
    const told = explain(notInstalled({ errorReason: 11 }), { ...open, profile: { ...profile, state: 'Downloaded', eid } })
    expect(told.advice).toContain('on the phone that took it before, with the EID ending 4317')
  })

  test.each([
    [1, 5, '4 tries of 5 are left', false],
    [4, 5, '1 try of 5 is left', true],
  ])('wrong confirmation code %i of %i', (confirmationAttempt, confirmationLimit, words, raises) => {
    const told = explain(
      refused('confirmationCodeRefused', { kind: 'getBoundProfilePackage', data: { confirmationAttempt, confirmationLimit } }),
      open,
    )
    expect(told.sentence).toContain(words)
    expect(told.actions.includes('raiseLimit')).toBe(raises)
  })

  test('another phone: both are told by the end of their EID, never by all of it', () => {
    const bound = explain(refused('eidRefused', { eid: otherEid }), { ...open, order: { ...order, eid } })
    expect(bound.sentence).toBe('The code is for the phone with the EID ending 4317, and a phone with the EID ending 9921 asked.')
    const claimed = explain(refused('eidRefused', { eid: otherEid }), { ...open, profile: { ...profile, state: 'Downloaded', eid } })
    expect(claimed.sentence).toContain('Another phone, with the EID ending 4317, took this eSIM')
    for (const told of [bound, claimed]) expect(sayAll(told)).not.toMatch(/\d{32}/)
  })

  test('a package without a result: patience first, then what to look for', () => {
    const held = { ...open, profile: { ...profile, state: 'Downloaded' as const, eid } }
    const fresh = attempt(shown, { ...taken, at: '2026-11-22T11:59:00.000Z' })
    expect(explain(fresh, held)).toMatchObject({ tone: 'plain', advice: expect.stringContaining('Wait') })
    expect(explain(attempt(shown, taken), held)).toMatchObject({
      tone: 'warn',
      sentence: 'The phone took the eSIM 30 minutes ago and has not told whether it installed it.',
      actions: ['showCode', 'mailLink', 'replace'],
    })
  })
})

describe('events become attempts', () => {
  test('those of one transactionId belong together, in any order, the newest attempt first', () => {
    const events = [
      event({ transactionId: 'A' }),
      event({ transactionId: 'B' }),
      event({ transactionId: 'A', ...taken }),
      event({ transactionId: null, kind: 'linkOpened', actor: 'customer' }),
    ]
    for (const given of [events, [...events].reverse()]) {
      const found = attemptsOf(given)
      expect(found.map(({ id, step, events: its }) => [id, step, its.length])).toEqual([
        ['B', 'shown', 1],
        ['A', 'taken', 2],
      ])
    }
  })

  test('what an LPA cancels after a failed step is not what failed', () => {
    const cancel = { kind: 'cancelSession', data: { reason: 0, effect: 'kept' } }
    expect(attempt({ outcome: 'refused', status: 'orderExpired' }, cancel).step).toBe('refused')
    const result = { kind: 'installationResult', data: { success: false, errorReason: 10 } }
    for (const order of [
      [cancel, result],
      [result, cancel],
    ])
      expect(attempt(shown, taken, ...order)).toMatchObject({ step: 'notInstalled', hadPackage: true })
  })

  test('a right confirmation code after a wrong one counts', () => {
    expect(attempt({}, { ...taken, outcome: 'refused', status: 'confirmationCodeRefused' }, taken).step).toBe('taken')
  })

  test('an order that ended with an attempt is told', () => {
    expect(attempt({ outcome: 'refused', status: 'downloadAttemptsExceeded' }, { kind: 'orderEnded' }).ended).toBe(true)
    expect(attempt(shown, taken, { kind: 'installationResult', data: { success: false, errorReason: 12, effect: 'ended' } }).ended).toBe(
      true,
    )
    expect(attempt(shown, taken).ended).toBe(false)
  })

  test('the facts of the device come from its authentication', () => {
    const data = { tac: '35290611', svn: '2.5.0', freeMemory: 1, neededMemory: 2, profileVersion: '2.3.1', firmware: '1.0.0', category: 2 }
    expect(attempt({ data }, taken).device).toEqual({ eid, ...data })
  })
})
