import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import { failedExamples, mainReasons, reasonsOf, successGroups, successOf, typeNames } from './device-success'

let server: TestDatabase
let db: Database
const gold = randomUUID()
const days = { first: '2026-11-01', last: '2026-11-30' }

type Tallied = [day: string, type: string | null, eum: string, tac: string, svn: string, result: string, reason: string, attempts: number]
const tally = (...rows: Tallied[]) =>
  Promise.all(
    rows.map(values =>
      db.query({
        text: `INSERT INTO attempt_tally (day, type_id, eum, tac, svn, result, reason, attempts)
          VALUES ($1::date, coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'), $3, $4, $5, $6, $7, $8)`,
        values,
      }),
    ),
  )

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({ text: "INSERT INTO profile_type (id, name, created_by) VALUES ($1, 'gold', 'test')", values: [gold] })
  await tally(
    ['2026-11-01', gold, '89049032', '35290611', '2.2.2', 'installed', '', 40],
    ['2026-11-30', gold, '89049032', '35290611', '2.2.2', 'installed', '', 2],
    ['2026-11-02', gold, '89049032', '35290611', '2.2.2', 'failed', 'install:10', 5],
    ['2026-11-03', gold, '89049032', '35290611', '2.2.2', 'cancelled', 'cancel:0', 1],
    ['2026-11-03', gold, '89049032', '35290611', '2.2.2', 'cancelled', 'cancel:1', 3],
    ['2026-11-03', gold, '89049032', '35290611', '2.2.2', 'refused', 'confirmationCodeRefused', 4],
    ['2026-11-03', gold, '89049032', '35290611', '2.2.2', 'noResult', '', 6],
    ['2026-11-03', gold, '89049032', '35290611', '2.2.2', 'open', '', 7],
    ['2026-11-04', null, '89044045', '35999999', '2.3.0', 'refused', 'matchingIdRefused', 8],
    ['2026-11-04', gold, '89044045', '', '', 'installed', '', 1],
    ['2026-10-31', gold, '89049032', '35290611', '2.2.2', 'installed', '', 1_000],
    ['2026-12-01', gold, '89049032', '35290611', '2.2.2', 'failed', 'install:9', 1_000],
  )
  await db.query({
    text: `INSERT INTO download_attempt (transaction_id, at, iccid, type_id, eum, tac, svn, result, reason) VALUES
      ('A1', '2026-11-02T10:00Z', '8988000000000004252', $1, '89049032', '35290611', '2.2.2', 'failed', 'install:10'),
      ('A2', '2026-11-30T23:59Z', '8988000000000004253', $1, '89049032', '35290611', '2.2.2', 'noResult', ''),
      ('A3', '2026-11-03T10:00Z', '8988000000000004254', $1, '89049032', '35290611', '2.2.2', 'cancelled', 'cancel:1'),
      ('A4', '2026-11-03T10:00Z', '8988000000000004255', $1, '89049032', '35290611', '2.2.2', 'installed', ''),
      ('A5', '2026-12-01T00:00Z', '8988000000000004256', $1, '89049032', '35290611', '2.2.2', 'failed', 'install:9'),
      ('A6', '2026-11-04T10:00Z', NULL, NULL, '89044045', '35999999', '2.3.0', 'refused', 'profileNotEligible')`,
    values: [gold],
  })
})
afterAll(async () => {
  await db.close()
  await server.close()
})

describe('how attempts ended', () => {
  const phone = { tac: '35290611', eum: '89049032', svn: '2.2.2', type: gold, installed: 42, failed: 12, aside: 7, open: 7 }

  test('is added up over the days, the first and the last included; what says nothing of the device is put aside', async () => {
    const groups = await successGroups(db, days)
    expect(groups.sort((a, b) => (a.tac < b.tac ? 1 : -1))).toEqual([
      { tac: '35999999', eum: '89044045', svn: '2.3.0', type: '', installed: 0, failed: 0, aside: 8, open: 0 },
      phone,
      { tac: '', eum: '89044045', svn: '', type: gold, installed: 1, failed: 0, aside: 0, open: 0 },
    ])
  })

  test('is one for all devices but the most frequent', async () => {
    const groups = await successGroups(db, days, 1)
    expect(groups.map(({ tac, eum }) => `${tac} ${eum}`).sort()).toEqual(['* 89044045', '* 89044045', '35290611 89049032'])
  })

  test('is asked for by device, manufacturer, version and type, alone or together', async () => {
    const { tac, eum, svn, type, ...figures } = phone
    expect(await successOf(db, days, { tac })).toEqual(figures)
    expect(await successOf(db, days, { tac, eum, svn, type })).toEqual(figures)
    expect(await successOf(db, days, { type })).toEqual({ ...figures, installed: 43 })
    expect(await successOf(db, days, { tac, eum: '89044045' })).toEqual({ installed: 0, failed: 0, aside: 0, open: 0 })
  })

  test('has its reasons, the most frequent first', async () => {
    expect(
      (await reasonsOf(db, days, { tac: phone.tac })).map(({ reason, result, attempts, aside }) => [reason || result, attempts, aside]),
    ).toEqual([
      ['noResult', 6, false],
      ['install:10', 5, false],
      ['confirmationCodeRefused', 4, true],
      ['cancel:1', 3, true],
      ['cancel:0', 1, false],
    ])
    expect(await mainReasons(db, days, [{ tac: phone.tac }, { eum: '89044045' }, { svn: '2.2.2', type: gold }])).toEqual([
      { result: 'noResult', reason: '', attempts: 6, aside: false },
      undefined,
      { result: 'noResult', reason: '', attempts: 6, aside: false },
    ])
    expect(await mainReasons(db, days, [])).toEqual([])
  })

  test('has examples: the newest attempts of these days that failed', async () => {
    const ids = async (of: Parameters<typeof failedExamples>[2]) =>
      (await failedExamples(db, days, of)).map(({ transactionId }) => transactionId)
    expect(await ids({ tac: phone.tac })).toEqual(['A2', 'A1'])
    expect(await ids({ type: gold, eum: '89049032' })).toEqual(['A2', 'A1'])
    expect(await ids({ svn: '2.3.0' })).toEqual(['A6'])
  })

  test('names types', async () => expect((await typeNames(db)).get(gold)).toBe('gold'))
})
