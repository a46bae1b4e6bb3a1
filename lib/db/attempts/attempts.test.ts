import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AttemptStep, attemptsOf } from '@/lib/rsp/explain/attempt'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { followEvents, readerPlace } from '../event-reader'
import { type Database, openDatabase } from '../pool'
import { addEvent, type EventKind, type ProfileEvent } from '../profile-events'
import { followAttempts, rebuildAttempts } from './follow-attempts'
import { endSilentAttempts } from './silent-attempts'
import { takeAttempts } from './take-events'

let server: TestDatabase
let db: Database
let typeId: string
let orderId: string

const iccid = '8988000000000000017'
const eid = '89049032123451234512345678904317'
const hourMs = 3_600_000

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  const type = await db.query<{ id: string }>({ text: `INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test') RETURNING id` })
  typeId = type.rows[0]?.id ?? ''
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, saip_version, package_bytes, install_bytes, created_by) VALUES ($1, $2, 'Released', '2.3', 1, 1, 'test')`,
    values: [iccid, typeId],
  })
  const order = await db.query<{ id: string }>({
    text: `INSERT INTO download_order (iccid, confirmation_limit, download_limit, created_at, created_by) VALUES ($1, 3, 10, now() - interval '30 hours', 'test')
      RETURNING id`,
    values: [iccid],
  })
  orderId = order.rows[0]?.id ?? ''
})
afterAll(async () => {
  await db.close()
  await server.close()
})
beforeEach(() =>
  db.query({ text: 'TRUNCATE profile_event, event_reader, download_attempt, attempt_tally RESTART IDENTITY' }).then(() => undefined),
)

type Step = Pick<ProfileEvent, 'outcome' | 'status' | 'data'> & { kind: EventKind }

const shown: Step = { kind: 'authenticateClient', outcome: 'ok', data: { svn: '2.2.2', tac: '35123456', imei: '351234560000001' } }
const unknownCode: Step = { kind: 'authenticateClient', outcome: 'refused', status: 'matchingIdRefused', data: { svn: '2.3.0' } }
const taken: Step = { kind: 'getBoundProfilePackage', outcome: 'ok' }
const wrongCode: Step = { kind: 'getBoundProfilePackage', outcome: 'refused', status: 'confirmationCodeRefused' }
const installed: Step = { kind: 'installationResult', outcome: 'ok', data: { success: true } }
const notInstalled: Step = { kind: 'installationResult', outcome: 'warning', data: { success: false, errorReason: 10 } }
const cancelled = (reason: number): Step => ({ kind: 'cancelSession', outcome: 'ok', data: { reason, effect: 'kept' } })

/** Adds steps of a session, a second apart. */
async function happens(transactionId: string, steps: Step[], { agoMs = hourMs, of = iccid as string | null } = {}): Promise<void> {
  for (const [i, step] of steps.entries())
    await addEvent(db, {
      at: new Date(Date.now() - agoMs + i * 1_000),
      iccid: of ?? undefined,
      ...(of ? { orderId } : {}),
      eid,
      transactionId,
      actor: 'device',
      ...step,
    })
}

const tells = (event: string, agoMs: number) =>
  addEvent(db, { at: new Date(Date.now() - agoMs), iccid, eid, actor: 'device', kind: 'notification', outcome: 'ok', data: { event } })

interface Row {
  transaction_id: string
  result: string
  reason: string
  enabled: boolean
  eum: string
  tac: string
  svn: string
  type_id: string | null
  issued_seconds: number | null
  ended_at: Date | null
}
const attempts = async () =>
  (await db.query<Row & Record<string, unknown>>({ text: 'SELECT * FROM download_attempt ORDER BY transaction_id' })).rows
const results = async () => (await attempts()).map(({ transaction_id, result, reason }) => `${transaction_id} ${result} ${reason}`.trim())

/** The tally, and that it counts what there is. */
async function tally(): Promise<string[]> {
  const { rows } = await db.query<{ line: string }>({
    text: `SELECT concat_ws(' ', result, nullif(reason, ''), attempts) AS line FROM attempt_tally ORDER BY result, reason, eum, svn`,
  })
  const { rows: different } = await db.query({
    text: `SELECT day, type_id, eum, tac, svn, result, reason, attempts FROM attempt_tally
      EXCEPT SELECT (at AT TIME ZONE 'UTC')::date, coalesce(type_id, '00000000-0000-0000-0000-000000000000'), eum, tac, svn, result, reason, count(*)::int
        FROM download_attempt GROUP BY 1, 2, 3, 4, 5, 6, 7`,
  })
  expect(different).toEqual([])
  const { rows: sums } = await db.query({
    text: 'SELECT (SELECT sum(attempts) FROM attempt_tally) = (SELECT count(*) FROM download_attempt) AS equal',
  })
  expect(sums).toEqual([{ equal: true }])
  return rows.map(({ line }) => line)
}

describe('each session of a device is one attempt', () => {
  test('with what the device told of itself, and how long the order had waited', async () => {
    await happens('A1', [shown, taken, installed])
    await followAttempts(db)
    const [attempt] = await attempts()
    expect(attempt).toMatchObject({ result: 'installed', reason: '', eum: '89049032', tac: '35123456', svn: '2.2.2', type_id: typeId })
    expect(attempt?.issued_seconds).toBeGreaterThan(28.9 * 3600)
    expect(attempt?.issued_seconds).toBeLessThan(29.1 * 3600)
    expect(attempt?.ended_at).toBeInstanceOf(Date)
    expect(await tally()).toEqual(['installed 1'])
  })

  test('whose reason is the status, the cancel reason or the installation error', async () => {
    await happens('A1', [unknownCode], { of: null })
    await happens('A2', [shown, wrongCode])
    await happens('A3', [shown, cancelled(1)])
    await happens('A4', [shown, taken, notInstalled])
    await happens('A5', [shown, taken])
    await followAttempts(db)
    expect(await results()).toEqual([
      'A1 refused matchingIdRefused',
      'A2 refused confirmationCodeRefused',
      'A3 cancelled cancel:1',
      'A4 failed install:10',
      'A5 open',
    ])
    expect((await attempts())[0]).toMatchObject({ type_id: null, tac: '', svn: '2.3.0' })
    expect(await tally()).toHaveLength(5)
  })

  test('a cancel that only follows a failed step is no reason of its own', async () => {
    await happens('A1', [shown, taken, notInstalled, cancelled(0)])
    await happens('A2', [shown, wrongCode])
    await followAttempts(db)
    await happens('A2', [cancelled(0)])
    await followAttempts(db)
    expect(await results()).toEqual(['A1 failed install:10', 'A2 refused confirmationCodeRefused'])
  })

  test('what comes later changes how it went, and moves the tally', async () => {
    await happens('A1', [shown])
    await followAttempts(db)
    expect(await tally()).toEqual(['open 1'])
    await happens('A1', [wrongCode])
    await followAttempts(db)
    expect(await tally()).toEqual(['refused confirmationCodeRefused 1'])
    await happens('A1', [taken, installed])
    await happens('A2', [shown, taken, installed])
    await followAttempts(db)
    expect(await tally()).toEqual(['installed 2'])
  })

  test('what was erased of a device is not counted under what stands in its place', async () => {
    await happens('A1', [{ ...shown, data: { svn: 'x'.repeat(99), tac: 'erased:0011aabb' } }])
    await db.query({ text: `UPDATE profile_event SET eid = 'erased:0011aabb'` })
    await followAttempts(db)
    expect((await attempts())[0]).toMatchObject({ eum: '', tac: '', svn: '' })
  })
})

test('the decision is that of the support page, whatever happened and wherever the events were cut', async () => {
  const all: Step[] = [shown, unknownCode, taken, wrongCode, installed, notInstalled, cancelled(0), cancelled(5)]
  let seed = 7
  const chance = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const events: TimelineEvent[] = []
  const open: string[] = []
  for (let id = 1; id <= 900; id++) {
    if (open.length < 12) open.push(`S${id}`)
    const at = chance(open.length)
    const transactionId = open[at] ?? ''
    if (chance(4) === 0) open.splice(at, 1)
    const step = all[chance(all.length)] ?? shown
    events.push({
      id: String(id),
      at: new Date(Date.now() - hourMs + id).toISOString(),
      orderId: null,
      eid,
      transactionId,
      actor: 'device',
      kind: step.kind,
      outcome: step.outcome,
      status: step.status ?? null,
      detail: null,
      data: step.data ?? null,
    })
  }
  await db.query({
    text: `INSERT INTO profile_event (at, eid, transaction_id, actor, kind, outcome, status, data)
      SELECT (e->>'at')::timestamptz, e->>'eid', e->>'transactionId', 'device', e->>'kind', e->>'outcome', e->>'status', e->'data'
      FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY a(e, n) ORDER BY n`,
    values: [JSON.stringify(events)],
  })
  await followEvents(db, 'attempts', takeAttempts, { perStep: 37 })
  const words: Record<AttemptStep, string> = {
    refused: 'refused',
    shown: 'open',
    taken: 'open',
    cancelled: 'cancelled',
    installed: 'installed',
    notInstalled: 'failed',
  }
  const reasonOf = ({ kind, status, data }: TimelineEvent): string =>
    status ?? (kind === 'cancelSession' ? `cancel:${data?.reason}` : data?.success === false ? `install:${data.errorReason}` : '')
  const expected = attemptsOf(events).map(({ id, step, decisive }) => `${id} ${words[step]} ${reasonOf(decisive)}`.trim())
  expect((await results()).sort()).toEqual(expected.sort())
  await tally()
})

describe('of which nothing more was heard', () => {
  test('it has no result after a while, once, and has one all the same when it comes', async () => {
    await happens('A1', [shown, taken])
    await happens('A2', [shown], { agoMs: hourMs / 4 })
    await followAttempts(db)
    await endSilentAttempts(db, '30 minutes')
    await endSilentAttempts(db, '30 minutes')
    expect(await results()).toEqual(['A1 noResult', 'A2 open'])
    expect(await tally()).toEqual(['noResult 1', 'open 1'])
    await happens('A1', [installed])
    await followAttempts(db)
    expect(await results()).toEqual(['A1 installed', 'A2 open'])
    expect(await tally()).toEqual(['installed 1', 'open 1'])
  })

  test('it has none at once where it is read long after', async () => {
    await happens('A1', [shown, taken], { agoMs: 3 * hourMs })
    await followAttempts(db)
    expect(await results()).toEqual(['A1 noResult'])
  })
})

describe('that the eUICC enabled the profile', () => {
  test('is known when it tells, before its result or after', async () => {
    await happens('A1', [shown, taken, installed])
    await followAttempts(db)
    expect((await attempts())[0]?.enabled).toBe(false)
    await tells('disable', hourMs / 2)
    await followAttempts(db)
    expect((await attempts())[0]?.enabled).toBe(false)
    await tells('enable', hourMs / 2)
    await followAttempts(db)
    expect((await attempts())[0]?.enabled).toBe(true)

    await happens('A2', [shown, taken], { agoMs: hourMs / 3 })
    await tells('enable', hourMs / 4)
    await followAttempts(db)
    await happens('A2', [installed], { agoMs: hourMs / 5 })
    await followAttempts(db)
    expect((await attempts())[1]).toMatchObject({ result: 'installed', enabled: true })
  })

  test('is not told of an installation by what was before it', async () => {
    await tells('enable', 1.5 * hourMs)
    await happens('A1', [shown, taken, installed])
    await followAttempts(db)
    expect((await attempts())[0]).toMatchObject({ result: 'installed', enabled: false })
  })
})

test('all of it can be made anew', async () => {
  await happens('A1', [shown, taken, installed])
  await happens('A2', [shown, cancelled(2)])
  await tells('enable', hourMs / 2)
  await followAttempts(db)
  const before = [await attempts(), await tally()]
  await db.query({ text: `UPDATE attempt_tally SET attempts = 7` })
  await db.query({ text: `UPDATE download_attempt SET result = 'open' WHERE transaction_id = 'A2'` })
  const told: number[] = []
  expect(await rebuildAttempts(db, { onProgress: events => told.push(events) })).toBe(2)
  expect([await attempts(), await tally()]).toEqual(before)
  expect(told.at(-1)).toBe(6)
  expect(await readerPlace(db, 'attempts')).toBe('6')
})
