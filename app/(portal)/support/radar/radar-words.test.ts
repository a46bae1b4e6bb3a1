import { describe, expect, test } from 'vitest'
import { RADAR_KINDS, type RadarLine } from '@/lib/db/portal/radar'
import { KIND_WORDS, radarWords } from './radar-words'

const now = new Date('2026-11-22T12:00:00Z')
const line = (fields: Partial<RadarLine>): RadarLine => ({
  kind: 'noResult',
  iccid: '8949990000000000017',
  at: new Date('2026-11-22T09:00:00Z'),
  type: 'gold',
  reference: null,
  customerEmail: null,
  msisdn: null,
  eid: '89049032123451234512345678904317',
  left: null,
  limit: null,
  newIccid: null,
  ...fields,
})

describe('each kind has its title, its rule, a sentence and what to do', () => {
  test.each(RADAR_KINDS)('%s', kind => {
    for (const eid of [line({}).eid, null]) {
      const { sentence, advice } = radarWords(line({ kind, eid, left: 1, limit: 3 }), now)
      for (const words of [sentence, advice, KIND_WORDS[kind].about]) expect(words).toMatch(/^[A-Z].*\.$/)
      expect(sentence).not.toMatch(/null|undefined|\d{32}/)
    }
  })
})

test('says how long, how many and which end of the EID', () => {
  expect(radarWords(line({}), now).sentence).toBe(
    'The phone with the EID ending 4317 took this eSIM 3 hours ago and has not said that it is installed.',
  )
  expect(radarWords(line({ kind: 'nearlyUsedUp', left: 1, limit: 3, eid: null }), now).sentence).toBe(
    'The customer typed wrong confirmation codes: 1 try of 3 is left.',
  )
  expect(radarWords(line({ kind: 'expiring', at: new Date('2026-11-23T09:00:00Z'), eid: null }), now).sentence).toBe(
    'The code is good until 23 November 2026 at 09:00 UTC, and no phone has taken the eSIM.',
  )
  expect(radarWords(line({ kind: 'notDeleted', newIccid: '8949990000000000025' }), now).sentence).toContain(
    '8949990000000000025 took its place',
  )
})
