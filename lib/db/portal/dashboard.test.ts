import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import { attemptsByDay, installTimes } from './dashboard'

let server: TestDatabase
let db: Database
const days = { first: '2026-11-01', last: '2026-11-03' }

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db.close()
  await server.close()
})

test('tries are counted by day, result and reason, of the days that are asked for', async () => {
  await db.query({
    text: `INSERT INTO attempt_tally (day, eum, tac, svn, result, reason, attempts) VALUES
      ('2026-10-31', '', '', '', 'installed', '', 9), ('2026-11-01', '89049032', '', '', 'installed', '', 2), ('2026-11-01', '89033023', '', '', 'installed', '', 3),
      ('2026-11-03', '', '', '', 'failed', 'install:10', 1), ('2026-11-04', '', '', '', 'installed', '', 9)`,
  })
  const rows = await attemptsByDay(db, days)
  expect(rows.sort((a, b) => (a.day < b.day ? -1 : 1))).toEqual([
    { day: '2026-11-01', result: 'installed', reason: '', attempts: 5 },
    { day: '2026-11-03', result: 'failed', reason: 'install:10', attempts: 1 },
  ])
})

test('times are told by the day of UTC on which an installation ended, within some per cent', async () => {
  expect(await installTimes(db, days)).toEqual({ days: new Map(), all: undefined })
  await db.query({
    text: `INSERT INTO download_attempt (transaction_id, at, result, ended_at, issued_seconds)
      SELECT 'A' || n, '2026-11-01T12:00:00Z', 'installed', timestamptz '2026-11-01T23:59:59.999Z', n * 60 FROM generate_series(1, 100) n
      UNION ALL VALUES ('B1', timestamptz '2026-11-02T00:00:00Z', 'installed', timestamptz '2026-11-02T00:00:00Z', 0),
        ('B2', '2026-11-03T12:00:00Z', 'failed', '2026-11-03T12:00:00Z', NULL), ('B3', '2026-11-04T00:00:00Z', 'installed', '2026-11-04T00:00:00Z', 7)`,
  })
  const { days: ofDays, all } = await installTimes(db, days)
  expect([...ofDays.keys()].sort()).toEqual(['2026-11-01', '2026-11-02'])
  expect(ofDays.get('2026-11-02')).toEqual({ installations: 1, median: 1, p90: 1 })
  expect(all?.installations).toBe(101)
  const first = ofDays.get('2026-11-01')
  expect(Math.abs((first?.median ?? 0) / 3_000 - 1)).toBeLessThan(0.04)
  expect(Math.abs((first?.p90 ?? 0) / 5_400 - 1)).toBeLessThan(0.04)
})
