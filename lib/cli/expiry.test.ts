import { describe, expect, test } from 'vitest'
import { Expiry } from './expiry'

const now = new Date('2026-05-03T10:00:00Z')
const read = (text: string) => Expiry(now).safeParse(text)

describe('until when an order holds', () => {
  test.each([
    ['90m', '2026-05-03T11:30:00Z'],
    ['12h', '2026-05-03T22:00:00Z'],
    ['30d', '2026-06-02T10:00:00Z'],
    ['4w', '2026-05-31T10:00:00Z'],
  ])('a duration counts from now: %s', (text, until) => {
    expect(read(text).data).toEqual(new Date(until))
  })

  test('a date means the end of that day at this machine', () => {
    expect(read('2026-12-31').data).toEqual(new Date(2026, 11, 31, 23, 59, 59, 999))
  })

  test('a time is this machine’s unless it names a zone', () => {
    expect(read('2026-12-31T18:00').data).toEqual(new Date(2026, 11, 31, 18))
    expect(read('2026-12-31T18:00:30Z').data).toEqual(new Date('2026-12-31T18:00:30Z'))
    expect(read('2026-12-31 18:00+02:00').data).toEqual(new Date('2026-12-31T16:00:00Z'))
  })

  test.each(['', 'tomorrow', '30', '30y', '31.12.2026', '2026-13-01', '2026-02-30', '2026-12-31T25:00', '-1d', '99999999d'])(
    'anything else is refused with what is expected: %j',
    text => {
      expect(read(text).error?.issues[0]?.message).toMatch(/^A date .* is expected\.$/)
    },
  )
})
