import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureAppRole } from '@/lib/db/embedded'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { keptTrafficDays } from '@/lib/db/personal/traffic-rows'
import { type Database, openDatabase } from '@/lib/db/pool'
import type { Actor } from '../actor'
import { audit } from '../audit'
import { sealAudit } from '../audit-chain/sealer'
import { verifyAudit } from '../audit-chain/verify'
import { CLOCK_KINDS, clocks, FIXED_CLOCKS, runClocks, setClock } from './clocks'

const actor: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }
const eid = '89049032123451234512345678901235'
const now = new Date('2026-06-01T12:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
const later = (days: number) => daysAgo(-days)

let testDatabase: TestDatabase
/** The server's role */
let db: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase((await ensureAppRole(testDatabase.url)).url)
})
afterEach(async () => {
  await db.close()
  await testDatabase.close()
})

const sql = async (text: string, values: unknown[] = []) => (await db.query<Record<string, unknown>>({ text, values })).rows

const addEvent = (days: number, data: object = { imei: '356938035643809', tac: '35693803' }, kind = 'authenticateClient') =>
  sql(
    `INSERT INTO profile_event (at, iccid, eid, actor, kind, outcome, detail, data, evidence)
      VALUES ($1, '8988000000000000001', $2, 'device', $4, 'ok', 'EID ' || $2 || ' asked', $3, 'signed')`,
    [daysAgo(days), eid, JSON.stringify(data), kind],
  )

const addOrder = (days: number | null, email: string) =>
  sql(
    `INSERT INTO download_order (iccid, confirmation_limit, download_limit, created_by, customer_email, created_at, closed_at)
      VALUES ('8988000000000000001', 3, 10, 'cli:test', $2, $3, $1)`,
    [days === null ? null : daysAgo(days), email, daysAgo(500)],
  )

const addNotification = (days: number, n: number) =>
  sql(`INSERT INTO notification (digest, received_at, raw, eid, verdict) VALUES (sha256($3::text::bytea), $1, 'raw', $2, 'applied')`, [
    daysAgo(days),
    eid,
    n,
  ])

/** A call of a partner, and what two endpoints were told, so many days ago. */
const addTraffic = (days: number) =>
  sql(
    `WITH call AS (INSERT INTO es2_call (partner_id, at, function, function_call_identifier, content, request, response)
        VALUES (gen_random_uuid(), $1, 'confirmOrder', '', sha256($3::text::bytea), jsonb_build_object('eid', $2::text), jsonb_build_object('eid', $2::text, 'matchingId', 'M'))),
      endpoints AS (INSERT INTO endpoint (kind, name, url, created_by) VALUES ('es2plus', 'BSS', '', ''), ('webhook', 'CRM', '', '') RETURNING id, kind)
      INSERT INTO message (endpoint_id, iccid, name, created_at, body, failure) SELECT id, '8988000000000000001', 'installation', $1,
        CASE kind WHEN 'webhook' THEN jsonb_build_object('data', jsonb_build_object('eid', $2::text))
          ELSE jsonb_build_object('eid', $2::text, 'resultData', 'vzc=', 'notificationPointId', 4) END, 'It answered 400: ' || $2 FROM endpoints`,
    [daysAgo(days), eid, days],
  )

const clockOf = async (kind: string) => (await clocks(db, now)).find(each => each.kind === kind)

describe('a clock', () => {
  test('of device identifiers takes EID and IMEI of old entries, wherever they stand, and leaves the model', async () => {
    await addEvent(401)
    await addEvent(399)
    expect(await runClocks(db, now)).toMatchObject({ devices: 1 })
    expect(await sql('SELECT eid, detail, data FROM profile_event ORDER BY id')).toEqual([
      { eid: null, detail: 'EID ••••1235 asked', data: { tac: '35693803' } },
      { eid, detail: `EID ${eid} asked`, data: { imei: '356938035643809', tac: '35693803' } },
    ])
  })

  test('of device identifiers takes them out of what partners asked and were told, where it is shorter than that is kept', async () => {
    await addTraffic(31)
    await addTraffic(29)
    await setClock(db, actor, 'devices', 30, now)
    expect(await runClocks(db, now)).toMatchObject({ devices: 3 })
    expect(await sql('SELECT request, response FROM es2_call ORDER BY at')).toEqual([
      { request: {}, response: { matchingId: 'M' } },
      { request: { eid }, response: { eid, matchingId: 'M' } },
    ])
    expect(await sql('SELECT body, failure FROM message WHERE created_at < $1 ORDER BY id', [daysAgo(30)])).toEqual([
      { body: { notificationPointId: 4, resultData: 'vzc=' }, failure: 'It answered 400: ••••1235' },
      { body: { data: { eid: null } }, failure: 'It answered 400: ••••1235' },
    ])
    expect(await sql('SELECT FROM message WHERE body::text LIKE $1', [`%${eid}%`])).toHaveLength(2)
    await sql('UPDATE retention_clock SET last_run_at = NULL')
    expect(await runClocks(db, later(2))).toMatchObject({ devices: 3 })
  })

  test('of what eUICCs signed takes results out of what partners were told', async () => {
    await addTraffic(181)
    await addTraffic(179)
    expect(await runClocks(db, now)).toMatchObject({ evidence: 1, devices: 0 })
    expect(await sql(`SELECT body FROM message WHERE body ? 'notificationPointId' ORDER BY created_at`)).toEqual([
      { body: { eid, notificationPointId: 4 } },
      { body: { eid, notificationPointId: 4, resultData: 'vzc=' } },
    ])
  })

  test('of what eUICCs signed empties notifications and evidence, and leaves digests and facts', async () => {
    await addEvent(181)
    await addEvent(179)
    await addNotification(181, 1)
    await addNotification(179, 2)
    expect(await runClocks(db, now)).toMatchObject({ evidence: 2 })
    expect(await sql('SELECT evidence IS NULL AS gone FROM profile_event ORDER BY id')).toEqual([{ gone: true }, { gone: false }])
    expect(await sql('SELECT length(raw) AS bytes, eid, length(digest) AS digest FROM notification ORDER BY received_at')).toEqual([
      { bytes: 0, eid: null, digest: 32 },
      { bytes: 3, eid, digest: 32 },
    ])
  })

  test('of what eUICCs signed leaves the digest by which an entry names its notification', async () => {
    await addEvent(181, {}, 'installationResult')
    expect(await runClocks(db, now)).toMatchObject({ evidence: 0 })
    expect(await sql('SELECT evidence FROM profile_event')).toEqual([{ evidence: Buffer.from('signed') }])
  })

  test('of customers’ e-mail addresses counts from the end of the order; an open order keeps its address', async () => {
    await addOrder(366, 'old@example.com')
    await addOrder(364, 'new@example.com')
    await addOrder(null, 'open@example.com')
    await addEvent(366, { to: 'old@example.com', linkId: 'l' }, 'linkMailed')
    await runClocks(db, now)
    expect(await sql('SELECT customer_email AS email FROM download_order ORDER BY closed_at')).toEqual([
      { email: null },
      { email: 'new@example.com' },
      { email: 'open@example.com' },
    ])
    expect(await sql('SELECT data FROM profile_event')).toEqual([{ data: { linkId: 'l' } }])
  })

  test('of orders that all ended at one moment takes them all, though they are more than a step', async () => {
    await sql(
      `INSERT INTO download_order (iccid, confirmation_limit, download_limit, created_by, customer_email, closed_at)
        SELECT n::text, 3, 10, 'cli:test', n || '@example.com', $1 FROM generate_series(1, 4500) n`,
      [daysAgo(400)],
    )
    expect(await runClocks(db, now)).toMatchObject({ 'customer-emails': 4_500 })
  })

  test('of mails removes old ones', async () => {
    const add = (days: number) =>
      sql(`INSERT INTO outbox (recipient, subject, body, created_at) VALUES ('k@example.com', 's', 'b', $1)`, [daysAgo(days)])
    await add(366)
    await add(364)
    expect(await runClocks(db, now)).toMatchObject({ mails: 1 })
    expect(await sql('SELECT count(*)::int AS n FROM outbox')).toEqual([{ n: 1 }])
  })

  test('of the audit erases what stands aside of old rows, and the chain holds', async () => {
    for (let n = 0; n < 3; n++) await audit(db, actor, 'order:bind', { target: `t${n}`, detail: { eid } })
    await sealAudit(db)
    expect(await runClocks(db, new Date())).toMatchObject({ 'audit-personal': 0 })
    expect(await runClocks(db, new Date(Date.now() + 731 * 86_400_000))).toMatchObject({ 'audit-personal': 3 })
    expect(await sql('SELECT FROM audit_personal')).toEqual([])
    expect(await verifyAudit(db)).not.toHaveProperty('firstBroken')
  })

  test('runs once a day, and tells when it ran, what it took in all and when it is next', async () => {
    await addEvent(401)
    expect(await clockOf('devices')).toMatchObject({ lastRunAt: null, removed: 0, nextRunAt: now })
    await runClocks(db, now)
    expect(await clockOf('devices')).toMatchObject({ lastRunAt: now, removed: 1, nextRunAt: later(1) })
    expect(await runClocks(db, later(0.5))).toEqual({})
    await addEvent(400)
    expect(await runClocks(db, later(1))).toMatchObject({ devices: 1 })
    expect(await clockOf('devices')).toMatchObject({ lastRunAt: later(1), removed: 2 })
  })

  test('goes on where its time ran out, in steps, and misses nothing', async () => {
    await sql(
      `INSERT INTO profile_event (at, iccid, eid, actor, kind, outcome) SELECT $1, '8988000000000000001', $2, 'device', 'notification', 'ok'
        FROM generate_series(1, 5000)`,
      [daysAgo(401), eid],
    )
    expect(await runClocks(db, now, { withinMs: 0 })).toEqual({})
    expect((await clockOf('devices'))?.lastRunAt).toBeNull()
    expect(await runClocks(db, now)).toMatchObject({ devices: 5_000 })
    expect(await sql('SELECT count(*)::int AS n FROM profile_event WHERE eid IS NOT NULL')).toEqual([{ n: 0 }])
  })

  test('of two processes takes each row once', async () => {
    for (let n = 0; n < 20; n++) await addEvent(401)
    await Promise.all([runClocks(db, now), runClocks(db, now)])
    expect((await clockOf('devices'))?.removed).toBe(20)
  })

  test('is not held up by an entry whose moment lies years ahead, and takes it along', async () => {
    await addEvent(401)
    await addEvent(-3_650)
    await addEvent(401)
    expect(await runClocks(db, now)).toMatchObject({ devices: 3 })
  })

  test('that is set to for ever erases nothing; set again, it takes what is older then; both are audited', async () => {
    await addEvent(401)
    await setClock(db, actor, 'devices', null, now)
    expect(await runClocks(db, now)).toMatchObject({ devices: 0 })
    expect(await clockOf('devices')).not.toHaveProperty('nextRunAt')
    await setClock(db, actor, 'devices', 30, now)
    expect(await runClocks(db, later(1))).toMatchObject({ devices: 1 })
    expect(await sql(`SELECT detail FROM audit WHERE action = 'settings:write' ORDER BY id`)).toEqual([
      { detail: { kind: 'devices', days: null, before: 400 } },
      { detail: { kind: 'devices', days: 30, before: null } },
    ])
  })
})

test('what goes as a whole after a fixed time is told with its days', () => {
  expect(FIXED_CLOCKS).toMatchObject([{ title: 'What partners asked and were told', days: keptTrafficDays }])
})

test('each kind has a title, words and days of its own', async () => {
  const all = await clocks(db, now)
  expect(all.map(({ kind }) => kind)).toEqual(CLOCK_KINDS)
  for (const { title, about, days } of all) expect([title.length > 3, about.length > 30, days !== undefined]).toEqual([true, true, true])
})
