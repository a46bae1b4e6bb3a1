import { expect, test } from 'vitest'
import { parseEnv } from '@/lib/env'
import { Es9Limits } from '@/lib/front-door/limits/es9-limits'
import { findingsOf } from './findings'
import type { HealthSnapshot } from './snapshot'

const healthy = (): HealthSnapshot => ({
  at: '2026-06-01T12:00:00.000Z',
  process: {
    name: 'host, process 1',
    version: '1.0.0',
    node: '20.20.0',
    startedAt: '2026-06-01T11:00:00.000Z',
    residentBytes: 1e8,
    heapBytes: 5e7,
    eventLoop: { p50: 0.1, p99: 3, max: 12 },
  },
  es9: new Es9Limits(parseEnv({}).es9Limits, () => 0).use(),
  pool: { inUse: 1, open: 2, limit: 10, waiting: 0 },
  database: { answeredInMs: 1, version: '18', bytes: 1e7, tables: [] },
  sweep: undefined,
  sweepProblem: undefined,
  ending: [],
})

const titles = (over: Partial<HealthSnapshot>) => findingsOf({ ...healthy(), ...over }).map(({ title }) => title)

test('nothing is found where all is well', () => expect(findingsOf(healthy())).toEqual([]))

test('a database that does not answer comes first', () =>
  expect(titles({ database: undefined, pool: { inUse: 10, open: 10, limit: 10, waiting: 1 } })).toEqual([
    'The database does not answer.',
    '1 request waits for a connection to the database.',
  ]))

test('what was turned away is told apart: too many in all, or one address', () => {
  const { es9 } = healthy()
  const minute = (lastMinute: number) => ({ lastMinute, lastHour: lastMinute })
  expect(titles({ es9: { ...es9, turnedAway: { ...es9.turnedAway, busy: minute(2), late: minute(1), refusals: minute(7) } } })).toEqual([
    '3 requests of devices turned away in the last minute, because there were too many.',
    '7 requests of single addresses turned away in the last minute.',
  ])
})

test('what was turned away an hour ago is no finding any more', () => {
  const { es9 } = healthy()
  expect(titles({ es9: { ...es9, turnedAway: { ...es9.turnedAway, busy: { lastMinute: 0, lastHour: 900 } } } })).toEqual([])
})

test('an ended certificate is worse than one that ends soon', () =>
  expect(
    findingsOf({
      ...healthy(),
      ending: [
        { name: 'CERT.DPtls', notAfter: '2026-05-01T00:00:00.000Z', tone: 'bad', word: 'Expired' },
        { name: 'CERT.DPpb', notAfter: '2026-06-10T00:00:00.000Z', tone: 'warn', word: '9 days left' },
      ],
    }),
  ).toMatchObject([
    { tone: 'bad', title: 'CERT.DPtls: expired.' },
    { tone: 'warn', title: 'CERT.DPpb: 9 days left.' },
  ]))
