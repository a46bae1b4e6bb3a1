import { describe, expect, test } from 'vitest'
import { nameOf } from './names'
import { attemptsAddress, daysOf, namedIn, periodOf } from './query'
import { percentWords, successBy } from './success'

const type = '0b7c5c0e-6f5c-4d0a-9c59-0d9a0d8c1d11'
const names = { models: new Map([['35290611', { brand: 'Acme', model: 'Acme Pocket One' }]]), types: new Map([[type, 'Gold']]) }

test.each([
  [{ tac: '35290611' }, 'Acme Pocket One'],
  [{ tac: '35999999' }, 'TAC 35999999'],
  [{ tac: '35290611', type }, 'Acme Pocket One with profiles of type Gold'],
  [{ eum: '89044045', type }, 'eUICCs made by Kigen with profiles of type Gold'],
  [{ eum: '89999999' }, 'eUICCs of EUM 89999999'],
  [{ tac: '35290611', svn: '2.1.0' }, 'Acme Pocket One with eUICCs of SGP.22 2.1.0'],
  [{ type }, 'Profiles of type Gold'],
])('attempts that have %j in common are called “%s”', (of, name) => expect(nameOf(of, names)).toBe(name))

describe('an address', () => {
  test('leads back to what it was made of, and to nothing else', () => {
    const of = { tac: '35290611', type }
    const search = Object.fromEntries(new URL(attemptsAddress(of, 90), 'http://x').searchParams)
    expect([namedIn(search), periodOf(search)]).toEqual([of, 90])
    expect(namedIn({ tac: "1' OR 1", type: 'gold', eum: ['89049032'] })).toBeUndefined()
    expect(periodOf({ days: '31' })).toBe(30)
  })

  test('names days of UTC, today the last of them', () =>
    expect(daysOf(7, new Date('2026-11-22T23:59:00Z'))).toEqual({ first: '2026-11-16', last: '2026-11-22' }))
})

test('a share is all or none only where it is', () =>
  expect([0, 0.0001, 0.05, 0.5, 0.955, 0.9999, 1].map(percentWords)).toEqual([
    '0 %',
    '0.1 %',
    '5.0 %',
    '50 %',
    '95.5 %',
    '99.9 %',
    '100 %',
  ]))

test('the lowest success is that of enough attempts', () => {
  const group = (tac: string, installed: number, failed: number) => ({
    tac,
    eum: '',
    svn: '',
    type: '',
    installed,
    failed,
    aside: 0,
    open: 0,
  })
  const groups = [group('35000001', 90, 10), group('35000002', 0, 3), group('35000003', 20, 20), group('35000003', 0, 1)]
  expect(successBy(groups, 'tac', 'rate').map(({ value }) => value)).toEqual(['35000003', '35000001', '35000002'])
  expect(successBy(groups, 'tac', 'failed').map(({ value, failed }) => [value, failed])).toEqual([
    ['35000003', 21],
    ['35000001', 10],
    ['35000002', 3],
  ])
})
