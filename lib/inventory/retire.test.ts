import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import type { TaskContext } from '@/lib/accounts/tasks'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Report, TaskResult } from '@/lib/jobs/task'
import { Iccid } from '@/lib/rsp/identifiers'
import { createVault } from '@/lib/vault/vault'
import { countMovable, MatchingProfiles, restore, restoreMatching, retire, retireMatching, startMoving } from './retire'

let server: TestDatabase
let db: Database
const actor: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }
const now = new Date('2026-05-01T12:00:00Z')
const ctx = { actor, now }
const iccid = (n: number) => Iccid.parse(`894400000000000${String(n).padStart(4, '0')}`)
const stateOf = async (n: number) =>
  (await db.query({ text: 'SELECT state FROM profile WHERE iccid = $1', values: [iccid(n)] })).rows[0]?.state
const countIn = async (state: string) =>
  (await db.query<{ count: number }>({ text: 'SELECT count(*)::int AS count FROM profile WHERE state = $1', values: [state] })).rows[0]
    ?.count

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({ text: "INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test')" })
})

afterAll(async () => {
  await db?.close()
  await server?.close()
})

/** 2,500 in an approved batch, 100 in a draft from 3001 on, two of the batch with an order. */
beforeEach(async () => {
  await db.query({ text: 'TRUNCATE profile, profile_event, download_order, batch, audit, task' })
  await db.query({
    text: `INSERT INTO batch (id, type_id, state, name, format, created_at, created_by, decided_at)
      SELECT id, (SELECT id FROM profile_type), state, state, 'csv', $1::timestamptz - interval '2 days', 'test', $1::timestamptz - interval '1 day'
      FROM (VALUES (1, 'approved'), (2, 'draft')) AS b (id, state)`,
    values: [now],
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state_since, created_at, saip_version, package_bytes, install_bytes, batch_id, created_by)
      SELECT '894400000000000' || lpad(n::text, 4, '0'), b.type_id, b.created_at, b.created_at, '2.3', 1, 1, b.id, 'test'
      FROM batch b, generate_series(1, 3100) n WHERE CASE b.id WHEN 1 THEN n <= 2500 ELSE n > 3000 END`,
  })
  await db.query({
    text: `WITH o AS (INSERT INTO download_order (iccid, confirmation_limit, download_limit, created_by) VALUES ($1, 3, 10, 'test'), ($2, 3, 10, 'test') RETURNING *)
      UPDATE profile p SET state = 'Released', state_since = $3, order_id = o.id FROM o WHERE o.iccid = p.iccid`,
    values: [iccid(7), iccid(2400), now],
  })
})

describe('retire and bring back', () => {
  test('an Available profile goes and comes back, with its timeline and audit', async () => {
    expect(await retire(db, ctx, { iccids: [iccid(1)] })).toEqual({ moved: 1, left: 0 })
    expect(await stateOf(1)).toBe('Unavailable')
    expect(await restore(db, { ...ctx, now: new Date(now.getTime() + 1000) }, { iccids: [iccid(1)] })).toEqual({ moved: 1, left: 0 })
    expect(await stateOf(1)).toBe('Available')
    const events = await db.query({ text: 'SELECT kind, actor, outcome FROM profile_event ORDER BY id' })
    expect(events.rows).toEqual([
      { kind: 'retire', actor: 'cli:test', outcome: 'ok' },
      { kind: 'restore', actor: 'cli:test', outcome: 'ok' },
    ])
    const audits = await db.query({ text: `SELECT action, target, detail->>'event' AS event FROM audit ORDER BY id` })
    expect(audits.rows).toEqual([
      { action: 'profile:retire', target: iccid(1), event: 'retire' },
      { action: 'profile:retire', target: iccid(1), event: 'restore' },
    ])
  })

  test('those with an order and those of a draft stay as they are', async () => {
    expect(await retire(db, ctx, { iccids: [iccid(6), iccid(7), iccid(8), iccid(3001)] })).toEqual({ moved: 2, left: 2 })
    expect(await Promise.all([6, 7, 8, 3001].map(stateOf))).toEqual(['Unavailable', 'Released', 'Unavailable', 'Available'])
    await expect(retire(db, ctx, { iccids: [iccid(3001)] })).rejects.toThrow(FormError)
  })

  test('what was taken out of use with its order, or seen by a device, does not come back', async () => {
    await db.query({ text: `UPDATE profile SET state = 'Unavailable', state_since = $1 WHERE iccid = $2`, values: [now, iccid(9)] })
    await expect(restore(db, ctx, { iccids: [iccid(9)] })).rejects.toThrow(/was retired/)
    await retire(db, ctx, { iccids: [iccid(10)] })
    await db.query({ text: `UPDATE profile SET eid = '89' WHERE iccid = $1`, values: [iccid(10)] })
    await expect(restore(db, ctx, { iccids: [iccid(10)] })).rejects.toThrow(FormError)
  })

  test('two who retire the same ones at once move each once', async () => {
    const iccids = Array.from({ length: 200 }, (_, n) => iccid(n + 100))
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => retire(db, ctx, { iccids })))
    const moved = results.map(result => (result.status === 'fulfilled' ? result.value.moved : 0))
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(200)
    expect((await db.query({ text: 'SELECT FROM profile_event' })).rowCount).toBe(200)
  })
})

class Told implements Report {
  counts = { total: 0, done: 0, failed: 0 }
  outcome: TaskResult | undefined
  /** Is asked before each step. */
  constructor(private readonly wantsToEnd: () => boolean = () => false) {}
  total = (count: number) => {
    this.counts.total = count
  }
  done = (count = 1) => {
    this.counts.done += count
  }
  failed = (count = 1) => {
    this.counts.failed += count
  }
  result = (result: TaskResult) => {
    this.outcome = result
  }
  cancelled = async () => this.wantsToEnd()
}

describe('everything that a view shows, in the background', () => {
  const addresses = { smdpAddress: 'smdp.example.com', customerUrl: 'https://esim.example.com' }
  const context = (): TaskContext => ({
    db,
    vault: createVault(new Map([[1, randomBytes(32)]])),
    dataDir: '/',
    addresses,
    actor,
    now: () => now,
  })
  const everything = (change: object = {}) => ({ view: MatchingProfiles.shape.view.parse(change), asOf: now, count: 2498 })

  test('is retired step by step, and nothing of a draft; what is ordered stays', async () => {
    const told = new Told()
    await retireMatching.perform(context(), everything(), told)
    expect(told.counts).toEqual({ total: 2498, done: 2498, failed: 0 })
    expect(told.outcome?.sentence).toBe('2,498 profiles retired.')
    expect(await countIn('Unavailable')).toBe(2498)
    expect(await countIn('Available')).toBe(100)
    expect((await db.query({ text: `SELECT FROM profile_event WHERE kind = 'retire'` })).rowCount).toBe(2498)
  })

  test('ends between two steps when it is cancelled, and goes on from there when it is begun anew', async () => {
    let steps = 0
    await retireMatching.perform(context(), everything(), new Told(() => steps++ === 1))
    expect(await countIn('Unavailable')).toBe(1000)
    const again = new Told()
    await retireMatching.perform(context(), everything(), again)
    expect(again.counts).toEqual({ total: 1498, done: 1498, failed: 0 })
  })

  test('what came into the view after it was asked for stays', async () => {
    const later = new Date(now.getTime() + 60_000)
    await db.query({ text: `UPDATE batch SET state = 'approved', decided_at = $1 WHERE id = 2`, values: [later] })
    await db.query({ text: 'UPDATE profile SET state_since = $1 WHERE iccid = $2', values: [later, iccid(5)] })
    await retireMatching.perform(context(), everything(), new Told())
    expect(await countIn('Available')).toBe(101)
  })

  test('comes back, but for what was taken out of use with its order', async () => {
    await retireMatching.perform(context(), everything(), new Told())
    await db.query({
      text: `UPDATE profile SET state = 'Unavailable', state_since = $1, order_id = NULL WHERE iccid = $2`,
      values: [now, iccid(7)],
    })
    const told = new Told()
    await restoreMatching.perform(context(), { ...everything(), asOf: now }, told)
    expect(told.counts).toEqual({ total: 2499, done: 2498, failed: 1 })
    expect(await stateOf(7)).toBe('Unavailable')
    expect(told.outcome?.sentence).toContain('1 profile')
  })

  test('a view of other states has nothing to retire', async () => {
    const view = MatchingProfiles.shape.view.parse({ states: ['Released'] })
    expect(await countMovable(db, 'retire', { view, asOf: now })).toBe(0)
    await expect(startMoving(db, ctx, 'retire', view)).rejects.toThrow(FormError)
  })
})
