import { describe, expect, test } from 'vitest'
import { PROFILE_STATES, RUNTIME_STATES } from '../lifecycle'
import type { TimelineEvent } from '../timeline/event'
import type { ExplainedOrder, ExplainedProfile } from './case'
import { verdictOf } from './verdict'

const now = new Date('2026-11-22T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const eid = '89049032123451234512345678904317'

const profile: ExplainedProfile = { state: 'Released', stateSince: hoursAgo(5), runtimeState: null, runtimeSince: null, eid: null }
const order: ExplainedOrder = {
  id: 'second',
  eid: null,
  matchingId: 'AB12',
  confirmationCodeRequired: false,
  confirmationAttempts: 0,
  confirmationLimit: 5,
  downloadAttempts: 1,
  downloadLimit: 10,
  expiresAt: null,
  closedAt: null,
  outcome: null,
}
const event = (fields: Partial<TimelineEvent>): TimelineEvent => ({
  id: '7',
  at: hoursAgo(2).toISOString(),
  orderId: 'second',
  eid,
  transactionId: 'AA',
  actor: 'device',
  kind: 'authenticateClient',
  outcome: 'ok',
  status: null,
  detail: null,
  data: { tac: '35290611' },
  ...fields,
})
const refused = event({ outcome: 'refused', status: 'profileNotEligible', data: { against: ['services'], tac: '35290611' } })

describe('every state has a headline, an advice and what comes next', () => {
  test.each(PROFILE_STATES)('%s', state => {
    const its = { ...profile, state, eid: ['Downloaded', 'Installed'].includes(state) ? eid : null }
    const verdict = verdictOf([], state === 'Available' ? [] : [order], its, now)
    expect(verdict).toMatchObject({ state, since: profile.stateSince })
    expect(verdict.why).toBeUndefined()
    for (const words of [verdict.headline, verdict.advice, verdict.next]) expect(words).toMatch(/^[A-Z].{15,}\.$/)
    expect(verdict.headline).toContain('5 hours')
    expect(verdict.headline).not.toMatch(/\d{32}|undefined/)
  })

  test.each(RUNTIME_STATES)('installed and %s', runtimeState => {
    const its: ExplainedProfile = { ...profile, state: 'Installed', eid, runtimeState, runtimeSince: hoursAgo(1) }
    const verdict = verdictOf([], [{ ...order, closedAt: now, outcome: 'installed' }], its, now)
    expect(verdict.headline).toMatch(
      /^This eSIM is installed on a phone with the EID ending 4317; it was (switched on|switched off|deleted) 1 hour ago\.$/,
    )
    expect(verdict.advice).not.toBe('')
  })
})

describe('the last attempt under the order that counts is what went wrong', () => {
  test('why, on what device, and what to do now', () => {
    const verdict = verdictOf([refused], [order], profile, now)
    expect(verdict.headline).toBe('No phone has this eSIM yet: 1 attempt, the last 2 hours ago, and its code is good for 9 more downloads.')
    expect(verdict.why?.sentence).toBe('The phone lacks a service that this eSIM cannot do without.')
    expect(verdict.actions).toEqual(['replace', 'changeType'])
    expect(verdict.device).toEqual({ eid, tac: '35290611' })
  })

  test('a phone that took the eSIM and could not install it has said so', () => {
    const took = event({ id: '8', kind: 'getBoundProfilePackage' })
    const full = event({ id: '9', kind: 'installationResult', data: { success: false, errorReason: 10, effect: 'kept' } })
    const its: ExplainedProfile = { ...profile, state: 'Downloaded', eid }
    const verdict = verdictOf([event({}), took, full], [order], its, now)
    expect(verdict.headline).toBe('A phone with the EID ending 4317 took this eSIM 5 hours ago and could not install it.')
    expect(verdict.next).toBe('The same phone takes it again with the same code, and tells that it is installed.')
    const silent = verdictOf([event({}), took], [order], its, now)
    expect(silent.headline).toContain('has not said that it is installed')
    expect(silent.next).toContain('as soon as it is online')
  })

  test('an attempt under an earlier order does not count', () => {
    const verdict = verdictOf([{ ...refused, orderId: 'first' }], [order, { ...order, id: 'first', closedAt: now }], profile, now)
    expect(verdict.why).toBeUndefined()
    expect(verdict.headline).toContain('no phone has asked for it with this code')
  })

  test('a code that ran out untried says so', () => {
    const verdict = verdictOf([], [{ ...order, expiresAt: hoursAgo(1) }], profile, now)
    expect(verdict).toMatchObject({
      tone: 'bad',
      headline: 'The code of this eSIM ran out on 22 November 2026 at 11:00 UTC, and no phone has taken it.',
    })
  })

  test('what a phone tried before it installed the profile is no news', () => {
    const result = event({ id: '8', transactionId: 'BB', kind: 'installationResult', data: { success: true } })
    const its: ExplainedProfile = { ...profile, state: 'Installed', eid }
    expect(verdictOf([refused, result], [{ ...order, closedAt: now, outcome: 'installed' }], its, now).why).toBeUndefined()
  })
})
