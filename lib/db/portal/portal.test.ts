import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase, type Queryable } from '../pool'
import { addEvent } from '../profile-events'
import { profileDetail, profileOrders, profileStory, recentTimeline, timelineAfter } from './profile-detail'
import { countByState, findProfiles, listProfiles, type ProfileQuery } from './profile-list'
import { typeNames, typesWithStock } from './types'

let server: TestDatabase
let db: Database

const eid = '89049032123451234512345678901235'
const iccid = (n: number) => `8944000000000000${String(n).padStart(4, '0')}`

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({ text: "INSERT INTO profile_type (name, created_by, live) VALUES ('gold', 'test', true), ('silver', 'test', false)" })
  await db.query({
    text: `
      INSERT INTO profile (iccid, type_id, state, state_since, runtime_state, saip_version, package_bytes, install_bytes, imsi, created_by)
      SELECT '8944000000000000' || lpad(n::text, 4, '0'), (SELECT id FROM profile_type WHERE name = CASE WHEN n <= 10 THEN 'gold' ELSE 'silver' END),
        CASE WHEN n <= 3 THEN 'Installed' ELSE 'Available' END, '2030-01-01T00:00:00Z'::timestamptz + n * interval '1 minute',
        CASE WHEN n = 1 THEN 'Enabled' END, '2.3', 1000, 2000, '00101' || lpad(n::text, 10, '0'), 'test'
      FROM generate_series(1, 30) n`,
  })
  await db.query({
    text: `
      INSERT INTO download_order (iccid, eid, matching_id, smdp_address, confirmation_code_hash, confirmation_limit, download_limit,
        reference, customer_email, created_by)
      VALUES ($1, $2, '04386-AGYFT', 'localhost', '\\x00', 3, 10, 'CRM 4711/b', 'ada@example.com', 'test')`,
    values: [iccid(7), eid],
  })
  await db.query({
    text: 'UPDATE profile SET order_id = (SELECT id FROM download_order), state = $2 WHERE iccid = $1',
    values: [iccid(7), 'Released'],
  })
})

afterAll(async () => {
  await db?.close()
  await server?.close()
})

const query = (change: Partial<ProfileQuery> = {}): ProfileQuery => ({
  search: '',
  states: [],
  runtimeStates: [],
  sort: 'changed',
  descending: true,
  pageSize: 10,
  ...change,
})

const found = async (change: Partial<ProfileQuery>) => (await listProfiles(db, query(change))).rows.map(row => row.iccid)

describe('the list of profiles', () => {
  test('pages through all of them, each once, and says when there are no more', async () => {
    const pages = [await listProfiles(db, query())]
    for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) pages.push(await listProfiles(db, query({ after: next })))
    pages.push(await listProfiles(db, query({ after: { at: 0, iccid: '', rank: 30 } })))
    expect(pages.map(page => page.rows.length)).toEqual([10, 10, 10, 0])
    expect(pages.map(page => page.hasNext)).toEqual([true, true, false, false])
    expect(new Set(pages.flatMap(page => page.rows.map(row => row.iccid))).size).toBe(30)
    expect(pages[0]?.count).toBe(30)
  })

  test('sorts both ways', async () => {
    expect((await found({ sort: 'changed' }))[0]).toBe(iccid(30))
    expect((await found({ sort: 'iccid', descending: false }))[0]).toBe(iccid(1))
  })

  test('filters by states, type and what the device reported', async () => {
    expect(await found({ states: ['Installed', 'Released'], sort: 'iccid', descending: false })).toEqual([1, 2, 3, 7].map(iccid))
    expect(await found({ type: 'gold', states: ['Available'], sort: 'iccid', descending: false })).toEqual([4, 5, 6, 8, 9, 10].map(iccid))
    expect(await found({ runtimeStates: ['Enabled'] })).toEqual([iccid(1)])
    expect(await found({ type: 'bronze' })).toEqual([])
  })

  test.each([
    ['the whole ICCID', '8944 0000 0000 0000 0007'],
    ['the last digits of the ICCID', '0007'],
    ['the EID that its order is for', eid],
    ['the matching ID', '04386-agyft'],
    ['the beginning of the matching ID', '04386-A'],
    ['a scanned activation code', 'LPA:1$localhost$04386-AGYFT$$1'],
    ['the IMSI', '001010000000007'],
    ['the operator’s reference', 'CRM 4711/b'],
    ['the beginning of the reference', 'CRM 4711'],
    ['the customer’s e-mail address', 'Ada@Example.com'],
    ['the beginning of the e-mail address', 'ada@'],
  ])('finds by %s', async (_, search) => {
    const rows = await findProfiles(db, search, 5)
    expect(rows.map(row => row.iccid)).toEqual([iccid(7)])
  })

  test('does not take signs of a pattern for a pattern', async () => {
    expect(await found({ search: '%%%%A' })).toEqual([])
    expect(await found({ search: '____-_____' })).toEqual([])
  })

  test('counts by state under the same search and type, all states named', async () => {
    expect(await countByState(db, query())).toMatchObject({ Available: 26, Installed: 3, Released: 1, Error: 0, Unavailable: 0 })
    expect(await countByState(db, query({ type: 'gold' }))).toMatchObject({ Available: 6, Installed: 3, Released: 1 })
    expect(await countByState(db, query({ search: '0007' }))).toMatchObject({ Available: 0, Released: 1 })
  })
})

test('a profile and its order are told without any secret', async () => {
  const profile = await profileDetail(db, iccid(7))
  const [order] = await profileOrders(db, iccid(7))
  expect(profile).toMatchObject({ iccid: iccid(7), state: 'Released', type: 'gold', live: true, orderId: order?.id })
  expect(order).toMatchObject({ matchingId: '04386-AGYFT', confirmationCodeRequired: true, confirmationLimit: 3, closedAt: null })
  expect(JSON.stringify(order)).not.toMatch(/hash/i)
  expect(await profileDetail(db, '89')).toBeUndefined()
})

test('the timeline is newest first, and goes on from an event, oldest first', async () => {
  for (const actor of ['a', 'b', 'c'])
    await addEvent(db, {
      at: new Date('2030-01-01T00:00:00.250Z'),
      iccid: iccid(2),
      actor,
      kind: 'uploaded',
      outcome: 'ok',
      data: { file: actor },
    })
  const [newest, , oldest] = await recentTimeline(db, iccid(2), 10)
  expect(newest).toMatchObject({ actor: 'c', at: '2030-01-01T00:00:00.250Z', data: { file: 'c' }, status: null })
  expect((await timelineAfter(db, iccid(2), oldest?.id ?? '', 10)).map(row => row.actor)).toEqual(['b', 'c'])
  expect(await timelineAfter(db, iccid(3), '0', 10)).toEqual([])
})

test('a profile is never older than an event told with it, whenever the event comes', async () => {
  const deletion = async (n: number) => {
    await db.query({ text: "UPDATE profile SET runtime_state = 'Deleted' WHERE iccid = $1", values: [iccid(n)] })
    await addEvent(db, { at: new Date(), iccid: iccid(n), actor: 'device', kind: 'notification', outcome: 'ok' })
  }
  for (const before of [0, 1, 2, 3]) {
    let asked = 0
    let deleted: Promise<void> | undefined
    const whenAsked = async () => {
      if (asked++ === before) deleted = deletion(before + 1)
      await deleted
    }
    const query: Queryable['query'] = async statement => {
      await whenAsked()
      return db.query(statement)
    }
    const story = await profileStory({ ...db, query }, iccid(before + 1), 10)
    const told = story?.events.some(event => event.kind === 'notification')
    if (told) expect(story?.profile.runtimeState).toBe('Deleted')
    expect(told).toBe(before === 0)
  }
})

test('types tell their stock', async () => {
  expect(await typeNames(db)).toEqual([
    { name: 'gold', live: true, hasTemplate: false },
    { name: 'silver', live: false, hasTemplate: false },
  ])
  expect(await typesWithStock(db, 8)).toMatchObject([
    { name: 'gold', profiles: 9, available: 6, icon: null },
    { name: 'silver', profiles: 9, available: 9 },
  ])
})
