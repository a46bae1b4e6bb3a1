import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AddAccountInput, addAccount } from '@/lib/accounts/add-account'
import { beginSession, sessionAccount } from '@/lib/accounts/sessions'
import { takeAttempt } from '@/lib/accounts/sign-in-attempts'
import { SWEPT, whileSweeping } from '@/lib/db/sweep'
import { cancel } from '@/lib/orders/cancel'
import { Iccid } from '@/lib/rsp/identifiers'
import { Device } from '../testing/device'
import { actor, Laboratory } from '../testing/laboratory'
import { sweep } from './sweep'

const minuteMs = 60_000
const dayMs = 86_400_000

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())
beforeEach(async () => {
  await sweep(lab.db, later(1_000 * dayMs))
  await lab.sql(`UPDATE sweep SET marks = '{}'`)
})

const later = (ms: number) => new Date(lab.now.getTime() + ms)
const nothing = Object.fromEntries(SWEPT.map(kind => [kind, 0]))
const left = async (iccid: string) => {
  const [row] = await lab.sql(
    `SELECT (SELECT count(*)::int FROM rsp_session WHERE iccid = $1) AS sessions,
      (SELECT count(*)::int FROM binding b JOIN download_order o ON o.id = b.order_id WHERE o.iccid = $1) AS bindings`,
    [iccid],
  )
  return row
}

describe('what belongs to an order', () => {
  test('segments go some minutes after its end, the key for late results 30 days after', async () => {
    const { iccid, activationCode } = await lab.issued()
    await lab.phone().download({ activationCode })
    await sweep(lab.db, later(4 * minuteMs))
    expect(await left(iccid)).toEqual({ sessions: 1, bindings: 1 })
    expect((await sweep(lab.db, later(6 * minuteMs)))?.removed).toEqual({ ...nothing, bindings: 1 })
    expect((await sweep(lab.db, later(29 * dayMs)))?.removed).toEqual(nothing)
    expect((await sweep(lab.db, later(31 * dayMs)))?.removed).toEqual({ ...nothing, boundSessions: 1, idleNotifications: 1 })
    expect(await left(iccid)).toEqual({ sessions: 0, bindings: 0 })
  })

  test('stays while the order is open, however long: the installation result still counts, and so does a retry', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    const bound = await device.downloaded(matchingId)
    const { profileInstallationResult } = device.load(bound)
    const before = lab.now
    await sweep(lab.db, later(400 * dayMs))
    expect(await left(iccid)).toEqual({ sessions: 1, bindings: 1 })
    lab.now = later(400 * dayMs)
    expect((await device.notify(profileInstallationResult)).status).toBe(204)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
    lab.now = before
  })

  test('a result that comes after the order was cancelled and its segments erased is kept with its verdict', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    const { profileInstallationResult } = device.load(await device.downloaded(matchingId))
    await cancel(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), finalProfileStatusIndicator: 'Unavailable' })
    await sweep(lab.db, later(dayMs))
    expect(await left(iccid)).toEqual({ sessions: 1, bindings: 0 })
    expect((await device.notify(profileInstallationResult)).status).toBe(204)
    expect(await lab.sql('SELECT verdict FROM notification WHERE iccid = $1', [iccid])).toEqual([{ verdict: 'order closed' }])
  })
})

test('a session in which no package was given out goes a day after it has expired, whatever became of its order', async () => {
  const { matchingId, iccid } = await lab.issued()
  await new Device(lab).authenticate(matchingId)
  await new Device(lab).authenticate('NO-SUCH-CODE')
  const before = await lab.count('rsp_session')
  await sweep(lab.db, later(dayMs))
  expect(await lab.count('rsp_session')).toBe(before)
  await sweep(lab.db, later(dayMs + 61 * minuteMs))
  expect(await left(iccid)).toEqual({ sessions: 0, bindings: 0 })
  expect(await lab.sql('SELECT count(*)::int AS n FROM rsp_session WHERE iccid IS NULL')).toEqual([{ n: 0 }])
})

test('failed sign-ins and links go a day after, ended sessions of people after 30 days, running ones stay', async () => {
  const { account } = await addAccount(lab.db, actor, AddAccountInput.parse({ email: 'ada@example.com', name: 'Ada', role: 'operator' }), {
    portalUrl: 'https://portal.example.com',
    now: lab.now,
  })
  await beginSession(lab.db, account.id, { now: lab.now })
  await takeAttempt(lab.db, { email: 'ada@example.com', address: '192.0.2.1', now: lab.now })
  expect((await sweep(lab.db, later(dayMs - minuteMs)))?.removed).toEqual(nothing)
  const running = await beginSession(lab.db, account.id, { now: later(29 * dayMs) })
  expect((await sweep(lab.db, later(dayMs + 31 * minuteMs)))?.removed).toEqual({ ...nothing, signInFailures: 1, oneTimeLinks: 1 })
  expect((await sweep(lab.db, later(31 * dayMs)))?.removed.accountSessions).toBe(1)
  expect(await sessionAccount(lab.db, running.sid, later(29 * dayMs))).toBeDefined()
})

test('of several instances one sweeps; after it the next may', async () => {
  const meanwhile = await whileSweeping(lab.db, () => sweep(lab.db, lab.now))
  expect(meanwhile).toBeUndefined()
  const both = await Promise.all([sweep(lab.db, lab.now), sweep(lab.db, lab.now)])
  expect(both.some(report => report !== undefined)).toBe(true)
  expect(await sweep(lab.db, lab.now)).toBeDefined()
})

describe('a sweep', () => {
  const closedOrders = async (count: number, closedAt: Date) => {
    const { iccid } = await lab.addProfile()
    await lab.sql(
      `WITH orders AS (
        INSERT INTO download_order (id, iccid, confirmation_limit, download_limit, created_by, closed_at, outcome)
        SELECT gen_random_uuid(), $1, 3, 10, 'test', $2::timestamptz + n * interval '1 ms', 'installed' FROM generate_series(1, $3::int) n RETURNING id)
      INSERT INTO binding (id, order_id, eid, ot_pk_dp, ot_pk_euicc, metadata, sealed, ci_number, credential)
      SELECT gen_random_uuid(), id, '', '', '', '', decode(repeat('00', 3000), 'hex'), 1, 1 FROM orders`,
      [iccid, closedAt, count],
    )
  }

  test('removes in batches all that there is, and what came between two sweeps', async () => {
    await closedOrders(1_234, later(-dayMs))
    expect((await sweep(lab.db, later(40 * dayMs), { batchRows: 100 }))?.removed.bindings).toBe(1_234)
    await closedOrders(7, later(40 * dayMs - 2 * minuteMs))
    expect((await sweep(lab.db, later(40 * dayMs + 10 * minuteMs)))?.removed.bindings).toBe(7)
  })

  test('passes over rows that somebody holds, waits for nobody, and finds them the next time', async () => {
    await closedOrders(3, later(40 * dayMs))
    const client = await lab.db.pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT id FROM binding ORDER BY id LIMIT 1 FOR UPDATE')
    const [held] = (await client.query<{ n: number }>('SELECT count(*)::int AS n FROM binding')).rows
    await sweep(lab.db, later(40 * dayMs + 20 * minuteMs))
    expect(await lab.count('binding')).toBeLessThan(held?.n ?? 0)
    expect(await lab.count('binding')).toBeGreaterThan(0)
    await client.query('COMMIT')
    client.release()
    await sweep(lab.db, later(40 * dayMs + 25 * minuteMs))
    expect(await lab.sql('SELECT 1 FROM binding b JOIN download_order o ON o.id = b.order_id WHERE o.closed_at IS NOT NULL')).toEqual([])
  })

  test('that is stopped goes on where it was the next time', async () => {
    await closedOrders(10, later(41 * dayMs))
    let asked = 0
    const stopped = await sweep(lab.db, later(42 * dayMs), { batchRows: 2, isStopped: () => ++asked > 2 })
    expect(stopped?.removed.bindings).toBeLessThan(10)
    expect(await lab.sql('SELECT 1 FROM binding WHERE eid = $1', [''])).not.toEqual([])
    await sweep(lab.db, later(42 * dayMs))
    expect(await lab.sql('SELECT 1 FROM binding WHERE eid = $1', [''])).toEqual([])
  })

  test('after a clock that had run ahead for an hour misses nothing', async () => {
    await sweep(lab.db, later(50 * dayMs + 60 * minuteMs))
    await closedOrders(5, later(50 * dayMs))
    expect((await sweep(lab.db, later(50 * dayMs + 10 * minuteMs)))?.removed.bindings).toBe(5)
  })

  test('with a shorter retention removes what the longer one had kept', async () => {
    const { activationCode, iccid } = await lab.issued()
    await lab.phone().download({ activationCode })
    await sweep(lab.db, later(20 * dayMs), { sessionRetentionDays: 30 })
    expect(await left(iccid)).toMatchObject({ sessions: 1 })
    await sweep(lab.db, later(20 * dayMs), { sessionRetentionDays: 10 })
    expect(await left(iccid)).toMatchObject({ sessions: 0 })
  })
})
