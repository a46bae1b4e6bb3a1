import { describe, expect, test } from 'vitest'
import { PROFILE_STATES } from '@/lib/rsp/lifecycle'
import { mayGoPast, type ReuseFacts, type ReusePolicy, reuseVerdict } from './policy'

const now = new Date('2026-05-03T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const eid = '89049032000000000000000000004317'
const otherEid = '89049032000000000000000000009999'

const usual: ReusePolicy = { device: 'any', afterDeletion: true, limit: 5, waitHours: 0, returnsToStock: 'never' }
const deleted: ReuseFacts = {
  state: 'Installed',
  runtimeState: 'Deleted',
  installedEid: eid,
  deletedAt: hoursAgo(1),
  failed: false,
  reissues: 0,
  lastOrderAt: hoursAgo(48),
  hasOpenOrder: false,
}
const onPhone: Partial<ReuseFacts> = { runtimeState: 'Enabled', deletedAt: null }
const erased: Partial<ReuseFacts> = { installedEid: null, deviceErased: true }
const failed: Partial<ReuseFacts> = { state: 'Error', runtimeState: null, deletedAt: null, failed: true }

const verdict = (policy: Partial<ReusePolicy> = {}, facts: Partial<ReuseFacts> = {}, wantedEid?: string) =>
  reuseVerdict({ ...usual, ...policy }, { ...deleted, ...facts }, now, wantedEid)
const against = (...[policy, facts, wanted]: Parameters<typeof verdict>) =>
  verdict(policy, facts, wanted)
    .reasons.filter(({ holds }) => !holds)
    .map(({ rule }) => rule)

describe('the table of the policy', () => {
  test.each<[string, Partial<ReusePolicy>, Partial<ReuseFacts>, string[]]>([
    ['any device, deletion reported', {}, {}, []],
    ['the same device, deletion reported', { device: 'same' }, {}, []],
    ['no device', { device: 'none' }, {}, ['device']],
    ['no device, after a failed installation', { device: 'none' }, failed, ['device']],
    ['no device, but none has ever had the package', { device: 'none' }, { ...failed, failed: false, installedEid: null }, []],
    ['any device, and which had it was erased', {}, erased, []],
    ['the same device, and which that was is erased', { device: 'same' }, erased, ['device']],
    ['no device, and which had it was erased', { device: 'none' }, erased, ['device']],
    ['deletion needed and not reported', {}, onPhone, ['deletion']],
    ['deletion needed, the profile disabled', {}, { runtimeState: 'Disabled', deletedAt: null }, ['deletion']],
    ['deletion not needed', { afterDeletion: false }, onPhone, []],
    ['deletion needed, the installation was reported to have failed', {}, failed, []],
    ['deletion needed, the order ended without a word about the installation', {}, { ...failed, failed: false }, ['deletion']],
    ['one time left', { limit: 3 }, { reissues: 2 }, []],
    ['no time left', { limit: 3 }, { reissues: 3 }, ['times']],
    ['never at all', { limit: 0 }, {}, ['times']],
    ['without limit', { limit: null }, { reissues: 1_000 }, []],
    ['waited long enough', { waitHours: 48 }, {}, []],
    ['not waited long enough', { waitHours: 49 }, {}, ['wait']],
    ['no order before to wait after', { waitHours: 49 }, { lastOrderAt: null }, []],
    [
      'everything at once',
      { device: 'none', limit: 1, waitHours: 72 },
      { ...onPhone, reissues: 1 },
      ['device', 'deletion', 'times', 'wait'],
    ],
  ])('%s', (_, policy, facts, expected) => {
    expect(against(policy, facts)).toEqual(expected)
    expect(verdict(policy, facts).allowed).toBe(expected.length === 0)
  })

  test.each(PROFILE_STATES.filter(state => state !== 'Installed' && state !== 'Error'))('a profile that is %s does not move', state => {
    expect(against({}, { state })).toContain('state')
    expect(mayGoPast(verdict({}, { state }))).toBe(false)
  })

  test('past the policy a person may go, past the state not; where nothing stands against it there is nothing to pass', () => {
    expect(mayGoPast(verdict({ device: 'none', limit: 0, waitHours: 100 }, onPhone))).toBe(true)
    expect(mayGoPast(verdict({ device: 'none' }, { state: 'Unavailable' }))).toBe(false)
    expect(mayGoPast(verdict())).toBe(false)
  })

  test('each rule says why, whether it stands in the way or not', () => {
    for (const { reasons } of [verdict(), verdict({ device: 'none', limit: 1, waitHours: 72 }, { ...onPhone, reissues: 1 })]) {
      expect(reasons.map(({ rule }) => rule)).toEqual(['state', 'device', 'deletion', 'times', 'wait'])
      for (const { sentence } of reasons) expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })
})

describe('which device', () => {
  test('any, or the one that had it', () => {
    expect(verdict().device).toBe('any')
    expect(verdict({ device: 'same' }).device).toBe('same')
    expect(verdict({ device: 'none' }).device).toBeNull()
    expect(verdict({ device: 'same' }, { ...failed, installedEid: null }).device).toBe('any')
  })

  test('another EID than the one that had it is against a policy of the same device', () => {
    expect(against({ device: 'same' }, {}, otherEid)).toEqual(['device'])
    expect(against({ device: 'same' }, {}, eid)).toEqual([])
    expect(against({ device: 'any' }, {}, otherEid)).toEqual([])
  })

  test('only the end of an EID is told', () => {
    const { reasons } = verdict({ device: 'same' })
    expect(reasons[1]?.sentence).toContain('4317')
    expect(reasons[1]?.sentence).not.toContain(eid)
  })
})

describe('waiting', () => {
  test('says how long and until when', () => {
    const told = verdict({ waitHours: 72 })
    expect(told.allowedFrom).toEqual(new Date('2026-05-04T12:00:00Z'))
    expect(told.reasons.at(-1)?.sentence).toBe('Between two orders lie 72 hours: 24 hours are left.')
  })

  test('is over at the very moment', () => {
    expect(reuseVerdict({ ...usual, waitHours: 72 }, deleted, new Date('2026-05-04T12:00:00Z')).allowed).toBe(true)
    expect(reuseVerdict({ ...usual, waitHours: 72 }, deleted, new Date('2026-05-04T11:59:59.999Z')).allowed).toBe(false)
    expect(verdict()).not.toHaveProperty('allowedFrom')
  })
})
