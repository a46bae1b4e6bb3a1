import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import type { TaskContext } from '@/lib/accounts/tasks'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { ViewInput } from '@/lib/db/portal/view-input'
import { listRuns, runDetail, runOrders } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import type { Report, TaskResult } from '@/lib/jobs/task'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { createVault, type Vault } from '@/lib/vault/vault'
import { cancelMany, startCancelling } from '../cancel-many'
import { cancelMatching } from '../cancel-matching'
import type { OrderContext } from '../context'
import { issue } from '../issue'
import { orderContext } from '../order-context'
import { issueRunTask } from './issue-run'
import { IssueRunInput } from './issue-run-input'
import { forgetRunCodes, recordCodesTaken, runCodes, runCodesOf, sweepRunCodes } from './run-codes'
import { startIssueRun } from './start-issue-run'

let server: TestDatabase
let db: Database
let vault: Vault
let ctx: OrderContext
const actor: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }
const now = new Date('2026-05-01T12:00:00Z')
const addresses = { smdpAddress: 'smdp.example.com', customerUrl: 'https://esim.example.com' }
const context = (): TaskContext => ({ db, vault, dataDir: '/', addresses, actor, now: () => now })
const iccid = (n: number) => Iccid.parse(`894400000000000${String(n).padStart(4, '0')}`)
const rows = async (text: string, values: unknown[] = []) => (await db.query({ text, values })).rows
const countIn = async (state: string) => (await rows('SELECT count(*)::int AS count FROM profile WHERE state = $1', [state]))[0]?.count
const [x, y] = ['89999123000000000000000000004291', '89999123000000000000000000004388'].map(eid => Eid.parse(eid))

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  vault = createVault(new Map([[1, randomBytes(32)]]))
  ctx = await orderContext({ db, vault, actor, now }, addresses)
  await db.query({ text: "INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test'), ('silver', 'test')" })
  await db.query({ text: "INSERT INTO profile_type (name, confirmation_code_required, created_by) VALUES ('coded', true, 'test')" })
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})

/** 1,200 of gold from 1 on, 50 of silver from 2001 on, 50 of coded from 3001 on. */
beforeEach(async () => {
  await db.query({
    text: 'TRUNCATE profile, profile_event, download_order, batch, audit, task, issue_run, issue_run_code, customer_link CASCADE',
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state_since, created_at, saip_version, package_bytes, install_bytes, created_by)
      SELECT '894400000000000' || lpad(n::text, 4, '0'), t.id, $1, $1, '2.3', 1, 1, 'test'
      FROM profile_type t, generate_series(1, 3050) n
      WHERE CASE t.name WHEN 'gold' THEN n <= 1200 WHEN 'silver' THEN n BETWEEN 2001 AND 2050 ELSE n > 3000 END`,
    values: [new Date(now.getTime() - 60_000)],
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

const start = (input: object) => startIssueRun(db, ctx, IssueRunInput.parse(input))
const inputOf = async (taskId: string) => (await rows('SELECT input FROM task WHERE id = $1', [taskId]))[0]?.input.value
/** Lets the task run to its end, as the worker does, and ends its row. */
async function perform(taskId: string, told = new Told(), task: typeof issueRunTask | typeof cancelMatching = issueRunTask) {
  await task.perform(context(), await inputOf(taskId), told)
  await rows(`UPDATE task SET state = 'done' WHERE id = $1`, [taskId])
  return told
}
async function run(input: object) {
  const { runId, taskId } = await start(input)
  return { runId, told: await perform(taskId) }
}

describe('a run of a number of a type', () => {
  test('issues them in steps, each with its order, link, timeline and one audit row a step', async () => {
    const { runId, told } = await run({ type: 'gold', count: 1100, reference: 'Spring', language: 'fr' })
    expect(told.counts).toEqual({ total: 1100, done: 1100, failed: 0 })
    expect(told.outcome).toMatchObject({ sentence: '1,100 codes issued.', link: { href: `/orders/runs/${runId}` } })
    expect(await countIn('Released')).toBe(1100)
    expect(await runDetail(db, runId)).toMatchObject({
      title: 'Issue 1,100 codes of gold',
      type: 'gold',
      wanted: 1100,
      issued: 1100,
      states: { Released: 1100 },
      cancelled: 0,
      open: 1100,
      toMail: 0,
      confirmationCodes: false,
      codesKept: 0,
      createdBy: 'cli:test',
    })
    const [row] = await runOrders(db, runId, { limit: 1 })
    expect(row).toMatchObject({
      iccid: iccid(1),
      matchingId: expect.stringMatching(/^[2-9A-HJ-NP-Z-]{23}$/),
      smdpAddress: 'smdp.example.com',
      confirmationCodeRequired: false,
      reference: 'Spring',
      language: 'fr',
      state: 'Released',
      linkId: expect.any(String),
    })
    expect(await runOrders(db, runId, { after: iccid(1099), limit: 10 })).toMatchObject([{ iccid: iccid(1100) }])
    expect(await rows('SELECT count(DISTINCT matching_id)::int AS n FROM download_order')).toEqual([{ n: 1100 }])
    expect(await rows(`SELECT kind, count(*)::int AS n FROM profile_event GROUP BY 1 ORDER BY 1`)).toEqual([
      { kind: 'confirmOrder', n: 1100 },
      { kind: 'downloadOrder', n: 1100 },
    ])
    expect(await rows(`SELECT detail->>'issued' AS issued FROM audit WHERE result = 'ok' ORDER BY id`)).toEqual([
      { issued: '500' },
      { issued: '500' },
      { issued: '100' },
    ])
  })

  test('that is cancelled keeps what was done, and begun anew issues just the rest', async () => {
    const { runId, taskId } = await start({ type: 'gold', count: 1100, confirmationCode: 'each', confirmationLimit: 9 })
    let steps = 0
    const first = await perform(taskId, new Told(() => steps++ === 1))
    expect(first.counts).toEqual({ total: 1100, done: 500, failed: 0 })
    expect(first.outcome?.sentence).toBe('500 codes issued. 600 profiles were not.')
    const second = await perform(taskId)
    expect(second.counts).toEqual({ total: 1100, done: 1100, failed: 0 })
    expect(await runDetail(db, runId)).toMatchObject({ issued: 1100, codesKept: 1100 })
    const limits = await rows('SELECT DISTINCT confirmation_limit AS limit FROM download_order WHERE run_id = $1', [runId])
    expect(limits).toEqual([{ limit: 9 }])
    expect((await perform(taskId)).counts).toEqual({ total: 1100, done: 1100, failed: 0 })
    expect(await countIn('Released')).toBe(1100)
  })

  test('that two workers take for dead at once is issued once', async () => {
    const { runId, taskId } = await start({ type: 'gold', count: 1000 })
    const input = await inputOf(taskId)
    await Promise.all([issueRunTask.perform(context(), input, new Told()), issueRunTask.perform(context(), input, new Told())])
    expect(await runDetail(db, runId)).toMatchObject({ issued: 1000 })
    expect(await countIn('Released')).toBe(1000)
  })

  test('that finds less in stock than it was begun with issues what there is and says so', async () => {
    const { taskId, runId } = await start({ type: 'silver', count: 50 })
    await issue(db, ctx, { type: 'silver', count: 8 })
    const told = await perform(taskId)
    expect(told.counts).toEqual({ total: 50, done: 42, failed: 8 })
    expect(told.outcome?.sentence).toBe('42 codes issued. 8 profiles could not be. No more profiles of silver are in stock.')
    expect(await runDetail(db, runId)).toMatchObject({ wanted: 50, issued: 42 })
  })

  test('is refused where there is too little to begin with, no such type, or an expiry that has passed', async () => {
    await expect(start({ type: 'silver', count: 51 })).rejects.toThrow('silver has 50 in stock, 51 were asked for.')
    await expect(start({ type: 'bronze', count: 1 })).rejects.toThrow('There is no profile type bronze.')
    await expect(start({ type: 'silver', count: 1, expiresAt: now })).rejects.toThrow('The expiry lies in the past.')
    await expect(start({ type: 'silver', count: 1, defaultSmdp: true })).rejects.toThrow('give rows with an EID each')
    expect(await rows('SELECT 1 FROM issue_run')).toEqual([])
  })

  test('for later release confirms only, and the expiry is the one that was given', async () => {
    const expiresAt = new Date('2026-12-31T00:00:00Z')
    const { runId } = await run({ type: 'silver', count: 3, release: false, expiresAt: expiresAt.toISOString() })
    expect(await runDetail(db, runId)).toMatchObject({ states: { Confirmed: 3 }, open: 3 })
    expect(await runOrders(db, runId, { limit: 1 })).toMatchObject([{ expiresAt, state: 'Confirmed' }])
  })
})

describe('a run of what a view shows', () => {
  test('issues those in stock that were there when it was begun, and passes over what was taken meanwhile', async () => {
    const view = ViewInput.parse({ type: 'gold' })
    const { taskId, runId } = await start({ view, asOf: now })
    await rows('UPDATE profile SET state_since = $1 WHERE iccid = $2', [new Date(now.getTime() + 1), iccid(3)])
    await issue(db, ctx, { iccids: [iccid(700)] })
    const told = await perform(taskId)
    expect(told.counts).toMatchObject({ total: 1200, done: 1198 })
    expect(await runDetail(db, runId)).toMatchObject({ wanted: 1200, issued: 1198, title: 'Issue 1,200 codes of gold' })
    const again = await perform(taskId)
    expect(again.counts).toEqual({ total: 1200, done: 1198, failed: 0 })
  })

  test('that shows nothing in stock is refused', async () => {
    const view = ViewInput.parse({ states: ['Released'] })
    await expect(start({ view, asOf: now })).rejects.toThrow('There is no profile in stock among these.')
  })
})

describe('a run of rows', () => {
  test('gives each row its profile, eUICC, customer and reference; what names none is drawn from the type, never another row’s', async () => {
    const { runId, told } = await run({
      type: 'silver',
      reference: 'Common',
      rows: [
        { eid: x, customerEmail: 'ada@example.com', language: 'de' },
        { customerEmail: 'ben@example.com', reference: 'Ben' },
        { iccid: iccid(2001), eid: y },
        { iccid: iccid(5) },
      ],
    })
    expect(told.counts).toEqual({ total: 4, done: 4, failed: 0 })
    const found = (await runOrders(db, runId, { limit: 10 })).map(({ iccid, eid, customerEmail, reference, language }) => [
      iccid,
      eid,
      customerEmail,
      reference,
      language,
    ])
    expect(found).toEqual([
      [iccid(5), null, null, 'Common', null],
      [iccid(2001), y, null, 'Common', null],
      [iccid(2002), x, 'ada@example.com', 'Common', 'de'],
      [iccid(2003), null, 'ben@example.com', 'Ben', null],
    ])
    expect(await runDetail(db, runId)).toMatchObject({ toMail: 2 })
  })

  test('says of each row that could not be issued why, and issues the others; begun anew it issues none twice', async () => {
    await issue(db, ctx, { iccids: [iccid(2)] })
    const { taskId, runId } = await start({ rows: [{ iccid: iccid(1) }, { iccid: iccid(2) }, { iccid: iccid(9999) }, { iccid: iccid(4) }] })
    for (const told of [await perform(taskId), await perform(taskId)]) {
      expect(told.counts).toEqual({ total: 4, done: 2, failed: 2 })
      expect(told.outcome).toMatchObject({ failures: [`${iccid(2)} is Released.`, `${iccid(9999)} is not in stock.`] })
    }
    expect(await runDetail(db, runId)).toMatchObject({ wanted: 4, issued: 2 })
  })

  test('makes default SM-DP+ orders for eUICCs', async () => {
    const { runId } = await run({ type: 'silver', defaultSmdp: true, rows: [{ eid: x }, { eid: y }] })
    expect(await runOrders(db, runId, { limit: 9 })).toMatchObject([
      { matchingId: '', eid: x },
      { matchingId: '', eid: y },
    ])
    await expect(start({ type: 'silver', defaultSmdp: true, rows: [{ eid: x }, { iccid: iccid(1) }] })).rejects.toThrow('EID each')
  })

  test('is refused where a row cannot be right', async () => {
    const mistyped = '89999123000000000000000000004289'
    await expect(start({ rows: [{ eid: x }] })).rejects.toThrow('choose the profile type')
    await expect(start({ rows: [{ iccid: iccid(1) }, { iccid: iccid(1) }] })).rejects.toThrow('named twice')
    await expect(start({ rows: [{ iccid: iccid(1), eid: mistyped }] })).rejects.toThrow(`1 EID do not fit, such as ${mistyped}`)
    await expect(start({ type: 'silver', rows: Array.from({ length: 51 }, () => ({})) })).rejects.toThrow('silver has 50 in stock')
    for (const wrong of [
      { rows: [] },
      { rows: Array.from({ length: 20_001 }, () => ({})) },
      { type: 'gold', count: 100_001 },
      { type: 'gold' },
    ])
      expect(IssueRunInput.safeParse(wrong).success).toBe(false)
  })

  test('may have 20,000 rows', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => ({ iccid: `8944000000000${String(n).padStart(6, '0')}`, eid: x }))
    expect(await start({ rows: many })).toMatchObject({ runId: expect.any(String) })
  })
})

describe('confirmation codes of a run', () => {
  const hashes = () => rows('SELECT count(*)::int AS n FROM download_order WHERE confirmation_code_hash IS NOT NULL')

  test('are made where the type asks, one for each order, and kept sealed until somebody has taken them', async () => {
    const { runId } = await run({ rows: [{ iccid: iccid(1) }, { iccid: iccid(3001) }, { iccid: iccid(3002) }] })
    expect(await runDetail(db, runId)).toMatchObject({ confirmationCodes: true, codesKept: 2, codesForgottenAt: null })
    const kept = await runCodes(db, vault, runId, { limit: 10 })
    expect(kept).toEqual([
      { iccid: iccid(3001), code: expect.stringMatching(/^\d{6}$/) },
      { iccid: iccid(3002), code: expect.stringMatching(/^\d{6}$/) },
    ])
    expect(await runCodes(db, vault, runId, { after: iccid(3001), limit: 10 })).toEqual(kept.slice(1))
    expect(await runCodesOf(db, vault, runId, [iccid(1), iccid(3002)])).toEqual(new Map([[iccid(3002), kept[1]?.code]]))
    const [row] = await rows('SELECT sealed FROM issue_run_code ORDER BY iccid')
    expect(row?.sealed.includes(kept[0]?.code)).toBe(false)

    await recordCodesTaken(db, actor, runId, 'CSV')
    await forgetRunCodes(db, { actor, now }, runId)
    expect(await runCodes(db, vault, runId, { limit: 10 })).toEqual([])
    expect(await runDetail(db, runId)).toMatchObject({ confirmationCodes: true, codesKept: 0, codesForgottenAt: now })
    expect(await rows(`SELECT detail FROM audit WHERE action = 'order:codes' ORDER BY id`)).toEqual([
      { detail: { how: 'CSV' } },
      { detail: { forgotten: 2 } },
    ])
  })

  test('each: whatever the type asks; none: even where it asks', async () => {
    const each = await run({ type: 'silver', count: 5, confirmationCode: 'each' })
    expect(await runDetail(db, each.runId)).toMatchObject({ confirmationCodes: true, codesKept: 5 })
    expect(await hashes()).toEqual([{ n: 5 }])
    await run({ type: 'coded', count: 5, confirmationCode: 'none' })
    expect(await hashes()).toEqual([{ n: 5 }])
  })

  test('the same for all is no part of the task, in no file, and gone when the run has ended', async () => {
    const { runId, taskId } = await start({ type: 'gold', count: 600, confirmationCode: { same: 'TOP-SECRET' } })
    for (const table of ['task', 'issue_run', 'issue_run_code', 'audit'])
      expect(JSON.stringify(await rows(`SELECT * FROM ${table}`))).not.toContain('TOP-SECRET')
    await perform(taskId)
    expect(await hashes()).toEqual([{ n: 600 }])
    expect(await rows('SELECT 1 FROM issue_run_code')).toEqual([])
    expect(await runDetail(db, runId)).toMatchObject({ confirmationCodes: false, codesKept: 0 })
  })

  test('are not forgotten while they are made, and by themselves after a day', async () => {
    const { runId, taskId } = await start({ type: 'silver', count: 5, confirmationCode: 'each' })
    await expect(forgetRunCodes(db, { actor, now }, runId)).rejects.toThrow('still being issued')
    await expect(forgetRunCodes(db, { actor, now }, randomUUID())).rejects.toBeInstanceOf(FormError)
    await issueRunTask.perform(context(), await inputOf(taskId), new Told())
    const dayLater = new Date(now.getTime() + 25 * 3_600_000)
    expect(await sweepRunCodes(db, dayLater)).toBe(0)
    await rows(`UPDATE task SET state = 'done'`)
    expect(await sweepRunCodes(db, new Date(now.getTime() + 23 * 3_600_000))).toBe(0)
    expect(await sweepRunCodes(db, dayLater)).toBe(5)
    expect(await runDetail(db, runId)).toMatchObject({ codesForgottenAt: dayLater })
  })
})

test('runs are listed newest first, page by page', async () => {
  const ids = [
    await run({ type: 'silver', count: 1 }),
    await run({ type: 'silver', count: 2 }),
    await run({ type: 'coded', count: 3 }),
  ].map(({ runId }) => runId)
  await rows(`UPDATE issue_run SET created_at = created_at + wanted * interval '1 second'`)
  const first = await listRuns(db, { limit: 2 })
  expect(first.map(({ id, issued }) => [id, issued])).toEqual([
    [ids[2], 3],
    [ids[1], 2],
  ])
  expect((await listRuns(db, { before: first[1]?.id, limit: 2 })).map(({ id }) => id)).toEqual([ids[0]])
  expect(await runDetail(db, randomUUID())).toBeUndefined()
})

describe('cancelling many orders', () => {
  const issued = (...numbers: number[]) => issue(db, ctx, { iccids: numbers.map(iccid) })
  const links = async () => (await rows('SELECT count(*)::int AS n FROM customer_link WHERE revoked_at IS NULL'))[0]?.n
  const cancelTo = (finalProfileStatusIndicator: 'Available' | 'Unavailable', ...numbers: number[]) =>
    cancelMany(db, ctx, { iccids: numbers.map(iccid), finalProfileStatusIndicator })
  /** As after a delivery */
  const taken = (n: number) =>
    transaction(db, tx =>
      tx.query({
        text: `UPDATE profile SET state = 'Downloaded', eid = $2, binding_id = gen_random_uuid() WHERE iccid = $1`,
        values: [iccid(n), x],
      }),
    )

  test('cancels those that can be, ends their links, and leaves the others as they are', async () => {
    await issued(1, 2, 3, 4)
    await taken(4)
    expect(await cancelTo('Available', 1, 2, 4, 5, 9999)).toEqual({ cancelled: 2, left: 3 })
    expect(await links()).toBe(2)
    expect(await rows(`SELECT target, detail FROM audit WHERE action = 'order:cancel'`)).toEqual([
      {
        target: '2 profiles',
        detail: { finalProfileStatusIndicator: 'Available', cancelled: 2, firstIccid: iccid(1), lastIccid: iccid(2) },
      },
    ])
    expect(await cancelTo('Unavailable', 3, 4, 5)).toEqual({ cancelled: 2, left: 1 })
    expect(await countIn('Unavailable')).toBe(2)
    await expect(cancelTo('Available', 5, 6)).rejects.toBeInstanceOf(FormError)
    await expect(cancelTo('Unavailable', 5)).rejects.toBeInstanceOf(FormError)
  })

  test('of a view in the background: what has an order now, step by step', async () => {
    const { runId } = await run({ type: 'gold', count: 1100 })
    await taken(7)
    const later = { ...ctx, now: new Date(now.getTime() + 1) }
    const task = await startCancelling(db, later, { view: ViewInput.parse({ type: 'gold' }) }, 'Available')
    await issued(2001)
    const told = await perform(task, new Told(), cancelMatching)
    expect(told.counts).toEqual({ total: 1099, done: 1099, failed: 0 })
    expect(told.outcome?.sentence).toBe('1,099 orders cancelled.')
    expect(await runDetail(db, runId)).toMatchObject({ cancelled: 1099, states: { Downloaded: 1 }, open: 0 })
    expect(await countIn('Released')).toBe(1)
    await expect(startCancelling(db, later, { view: ViewInput.parse({ states: ['Available'] }) }, 'Available')).rejects.toThrow(FormError)
  })

  test('of a run in the background: its own orders that no device has taken, not later ones of the same profiles', async () => {
    const { runId } = await run({ type: 'silver', count: 10 })
    await cancelTo('Available', 2001)
    await issued(2001)
    await taken(2002)
    const task = await startCancelling(db, ctx, { runId }, 'Unavailable')
    const told = await perform(task, new Told(), cancelMatching)
    expect(told.counts).toMatchObject({ total: 8, done: 8 })
    expect(await runDetail(db, runId)).toMatchObject({ cancelled: 9, states: { Downloaded: 1 } })
    expect(await rows('SELECT state FROM profile WHERE iccid = $1', [iccid(2001)])).toEqual([{ state: 'Released' }])
    await expect(startCancelling(db, ctx, { runId }, 'Available')).rejects.toBeInstanceOf(FormError)
  })
})
