import { describe, expect, test } from 'vitest'
import { STATUS, type StatusName } from '@/lib/rsp/status'
import { byDay, lastDays, periodOf, reasonsOf, totalsOf } from './figures'
import { reasonWords } from './reason-words'

const rows = [
  { day: '2026-11-20', result: 'installed', reason: '', attempts: 6 },
  { day: '2026-11-20', result: 'refused', reason: 'confirmationCodeRefused', attempts: 2 },
  { day: '2026-11-22', result: 'failed', reason: 'install:10', attempts: 3 },
  { day: '2026-11-22', result: 'refused', reason: 'insufficientMemory', attempts: 1 },
  { day: '2026-11-22', result: 'open', reason: '', attempts: 4 },
] as const

test('each day has its row, a day without attempts too', () => {
  const days = lastDays(new Date('2026-11-22T23:59:59Z'), 3)
  expect(days).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
  const figures = byDay(rows, days)
  expect(figures.map(({ day, installed, open, rate }) => [day, installed, open, rate])).toEqual([
    ['2026-11-20', 6, 0, 75],
    ['2026-11-21', 0, 0, null],
    ['2026-11-22', 0, 4, 0],
  ])
})

test('the success rate is of those that have ended', () => {
  expect(totalsOf(rows)).toMatchObject({ attempts: 16, installed: 6, open: 4, rate: 50 })
  expect(totalsOf([]).rate).toBeNull()
})

test('a period that is not offered is the first one', () => {
  expect([periodOf('90'), periodOf('7'), periodOf(undefined), periodOf(['90', '30'])]).toEqual([90, 30, 30, 30])
})

describe('reasons', () => {
  test('are added up by their words, most frequent first', () => {
    const told = reasonsOf(rows)
    expect(told.map(({ attempts }) => attempts)).toEqual([4, 2])
    expect(told[0]?.words).toContain('memory')
  })

  test('have words for every status, also for numbers that are new', () => {
    for (const status of Object.keys(STATUS) as StatusName[]) expect(reasonWords('refused', status)).toMatch(/^[A-Z].*\.$/)
    for (const reason of ['cancel:0', 'cancel:77', 'cancel:']) expect(reasonWords('cancelled', reason)).toMatch(/^[A-Z].*\.$/)
    for (const reason of ['install:12', 'install:99', 'install:']) expect(reasonWords('failed', reason)).toMatch(/^[A-Z].*\.$/)
    expect(reasonWords('refused', '')).toBe('The phone was turned away.')
    expect(reasonWords('noResult', '')).toContain('nothing more was heard')
  })
})
