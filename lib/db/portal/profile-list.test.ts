import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROFILE_STATES, type ProfileState, type RuntimeState } from '@/lib/rsp/lifecycle'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import { ALL_PROFILES, countAll, countByState, listProfiles, PROFILE_SORTS, type ProfileFilters, type ProfileQuery } from './profile-list'
import { readScope } from './profile-list-scope'
import { walk } from './profile-list-walk'

let server: TestDatabase
let db: Database

interface Row {
  iccid: string
  type: string
  batch: string | null
  batchState: string | null
  state: ProfileState
  runtimeState: RuntimeState | null
  imsi: string
  changed: number
  added: number
}
let stock: Row[]

const start = Date.UTC(2026, 0, 1)
const day = 86_400_000

/** Batches of all states, two of one moment, one without a single profile left, and profiles without a batch. */
beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({ text: "INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test'), ('silver', 'test'), ('bare', 'test')" })
  await db.query({
    text: `INSERT INTO batch (type_id, state, name, format, created_at, created_by, decided_at, first_iccid, last_iccid)
      SELECT (SELECT id FROM profile_type WHERE name = CASE WHEN n % 3 = 0 THEN 'silver' ELSE 'gold' END),
        (ARRAY['approved', 'draft', 'approved', 'approved', 'checking', 'approved', 'failed'])[n % 7 + 1], 'batch ' || n, 'csv',
        to_timestamp($1 / 1000.0) + (CASE n WHEN 9 THEN 8 ELSE n END) * interval '1 day', 'test', to_timestamp($1 / 1000.0) + n * interval '1 day' + interval '1 hour',
        CASE WHEN n % 2 = 0 THEN '89' || lpad((n * 100)::text, 17, '0') END, CASE WHEN n % 2 = 0 THEN '89' || lpad((n * 100 + 60)::text, 17, '0') || '9' END
      FROM generate_series(1, 24) n`,
    values: [start],
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, state_since, saip_version, package_bytes, install_bytes, imsi, batch_id, line, created_at, created_by)
      SELECT '89' || lpad((b.id * 100 + i * 2)::text, 17, '0') || i % 10, b.type_id, 'Available', b.created_at, '2.3', 1, 1,
        CASE WHEN i % 2 = 0 THEN '00101' ELSE '26201' END || lpad((b.id * 100 + i)::text, 10, '0'), b.id, i, b.created_at, 'test'
      FROM batch b, generate_series(1, 30) i WHERE b.id <> 14`,
  })
  // One draft lies between the ICCIDs of an approved batch.
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, state_since, saip_version, package_bytes, install_bytes, imsi, batch_id, created_at, created_by)
      SELECT '89' || lpad((300 + i * 2 + 1)::text, 17, '0') || i % 10, b.type_id, 'Available', b.created_at, '2.3', 1, 1, '00101', b.id, b.created_at, 'test'
      FROM batch b, generate_series(1, 30) i WHERE b.id = 1`,
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, state_since, saip_version, package_bytes, install_bytes, imsi, created_at, created_by)
      SELECT '89' || lpad((i * 61)::text, 17, '0'), (SELECT id FROM profile_type WHERE name = CASE WHEN i % 4 = 0 THEN 'bare' ELSE 'gold' END), 'Available',
        at, '2.3', 1, 1, '00102' || lpad(i::text, 10, '0'), at, 'test'
      FROM (SELECT i, to_timestamp($1 / 1000.0) + i / 3 * interval '14 hours' AS at FROM generate_series(1, 40) i) s`,
    values: [start],
  })
  await db.query({
    text: `UPDATE profile p SET state = (ARRAY['Installed', 'Released', 'Installed', 'Error', 'Available', 'Unavailable', 'Downloaded'])[n % 7 + 1],
        state_since = created_at + n % 50 * interval '3 hours' + interval '1 minute',
        runtime_state = (ARRAY['Enabled', NULL, 'Disabled', NULL, NULL, NULL, NULL])[n % 7 + 1]
      FROM (SELECT iccid, row_number() OVER (ORDER BY iccid)::int AS n FROM profile WHERE batch_id IS NULL
          OR batch_id IN (SELECT id FROM batch WHERE state = 'approved') AND (line < 20 OR batch_id = 10)) s
      WHERE s.iccid = p.iccid AND n % 3 <> 0`,
  })
  const { rows } = await db.query<Row & Record<string, unknown>>({
    text: `SELECT p.iccid, t.name AS type, p.batch_id::text AS batch, b.state AS "batchState", p.state, p.runtime_state AS "runtimeState", p.imsi,
        (extract(epoch FROM p.state_since) * 1000)::float8 AS changed, (extract(epoch FROM p.created_at) * 1000)::float8 AS added
      FROM profile p JOIN profile_type t ON t.id = p.type_id LEFT JOIN batch b ON b.id = p.batch_id`,
  })
  stock = rows.filter(row => row.batch === null || row.batchState === 'approved')
  expect(rows.length).toBeGreaterThan(stock.length + 200)
})

afterAll(async () => {
  await db?.close()
  await server?.close()
})

/** What a view shows, worked out one by one. */
function expected(filters: ProfileFilters, sort: ProfileQuery['sort'], descending: boolean): string[] {
  const fits = (row: Row) =>
    (filters.states.length === 0 || filters.states.includes(row.state)) &&
    (filters.type === undefined || row.type === filters.type) &&
    (filters.batch === undefined || row.batch === filters.batch) &&
    (filters.addedFrom === undefined || row.added >= filters.addedFrom.getTime()) &&
    (filters.addedBefore === undefined || row.added < filters.addedBefore.getTime()) &&
    (filters.runtimeStates.length === 0 || (row.runtimeState !== null && filters.runtimeStates.includes(row.runtimeState))) &&
    (filters.search === '' ||
      row.iccid.startsWith(filters.search) ||
      row.iccid.endsWith(filters.search) ||
      row.imsi.startsWith(filters.search))
  const at = (row: Row) => (sort === 'iccid' ? 0 : row[sort])
  const sign = descending ? -1 : 1
  return stock
    .filter(fits)
    .sort((a, b) => sign * (at(a) - at(b) || (a.iccid < b.iccid ? -1 : 1)))
    .map(row => row.iccid)
}

const views: [string, Partial<ProfileFilters>][] = [
  ['everything', {}],
  ['one state', { states: ['Available'] }],
  ['a state that devices reach', { states: ['Installed'] }],
  ['some states', { states: ['Available', 'Unavailable', 'Error'] }],
  ['a type', { type: 'gold' }],
  ['a type without batches', { type: 'bare' }],
  ['a type and a state', { type: 'silver', states: ['Available'] }],
  ['a type that is not there', { type: 'bronze' }],
  ['a batch', { batch: '3' }],
  ['a batch that is sold', { batch: '10', states: ['Released', 'Installed'] }],
  ['a batch that is a draft', { batch: '1' }],
  ['dates', { addedFrom: new Date(start + 5 * day), addedBefore: new Date(start + 12 * day) }],
  ['a date and a state', { addedFrom: new Date(start + 8 * day), addedBefore: new Date(start + 9 * day), states: ['Available'] }],
  ['what devices reported', { runtimeStates: ['Enabled', 'Disabled'] }],
  ['what devices reported, of a type', { runtimeStates: ['Disabled'], type: 'gold' }],
  ['the beginning of an ICCID', { search: '8900000000000000' }],
  ['the beginning of an IMSI', { search: '26201' }],
  ['the beginning of an IMSI and a state', { search: '00101', states: ['Available'] }],
  ['the last digits', { search: '200', type: 'gold' }],
]
const sorts = PROFILE_SORTS.flatMap(sort => [true, false].map(descending => ({ sort, descending })))

describe.each(views)('a view of %s', (_, change) => {
  const filters: ProfileFilters = { ...ALL_PROFILES, ...change }

  test.each(sorts)(
    'has each profile of the stock once and no draft, there and back, by $sort ($descending)',
    async ({ sort, descending }) => {
      const all = expected(filters, sort, descending)
      const query = { ...filters, sort, descending, pageSize: 37 }
      let page = await listProfiles(db, query)
      expect(page).toMatchObject({ count: all.length, rank: 0, previous: undefined })
      const there = [page]
      for (let { next } = page; next; { next } = page) {
        page = await listProfiles(db, { ...query, after: next })
        expect(page.rank).toBe(37 * there.length)
        there.push(page)
      }
      expect(there.flatMap(each => each.rows.map(row => row.iccid))).toEqual(all)

      const back = [page]
      for (let { previous } = page; previous; { previous } = page) {
        page = await listProfiles(db, { ...query, before: previous })
        back.unshift(page)
      }
      expect(back.map(each => each.rows.map(row => row.iccid))).toEqual(there.map(each => each.rows.map(row => row.iccid)))
      expect(back.map(each => each.rank)).toEqual(there.map(each => each.rank))
    },
  )

  test.each(sorts)('is the same when there are too many to sort, by $sort ($descending)', async ({ sort, descending }) => {
    const scope = await readScope(db, filters)
    const found: string[] = []
    for (let from: Awaited<ReturnType<typeof walk>>[number] | undefined; ; ) {
      const keys = await walk(db, { scope, filters, states: filters.states, sort, descending, from, limit: 23 })
      found.push(...keys.map(({ iccid }) => iccid))
      from = keys.at(-1)
      if (!from) break
    }
    expect(found).toEqual(expected(filters, sort, descending))
  })

  test('is counted by state', async () => {
    const { states: _, ...others } = filters
    const fitting = expected({ ...others, states: [] }, 'iccid', false).map(iccid => stock.find(row => row.iccid === iccid)?.state)
    const counts = Object.fromEntries(PROFILE_STATES.map(state => [state, fitting.filter(each => each === state).length]))
    expect(await countByState(db, filters)).toEqual(counts)
    const chosen = filters.states.length ? filters.states : PROFILE_STATES
    const exactly = await countAll(db, filters)
    for (const state of chosen) expect(exactly[state]).toBe(counts[state])
  })
})

test('a page before the first is the first, whatever has gone', async () => {
  const first = await listProfiles(db, { ...ALL_PROFILES, sort: 'iccid', descending: false, pageSize: 10 })
  const before = { at: 0, iccid: first.rows[4]?.iccid ?? '', rank: 40 }
  const page = await listProfiles(db, { ...ALL_PROFILES, sort: 'iccid', descending: false, pageSize: 10, before })
  expect(page).toMatchObject({ rows: first.rows, rank: 0, previous: undefined })
})

test('a view as of a moment has neither what changed nor what was approved later', async () => {
  const asOf = new Date(start + 10 * day)
  const { rows } = await listProfiles(db, { ...ALL_PROFILES, asOf, sort: 'iccid', descending: false, pageSize: 1000 })
  const approvedBy = (row: Row) => row.batch === null || start + Number(row.batch) * day + 3_600_000 <= asOf.getTime()
  const then = stock.filter(row => row.changed <= asOf.getTime() && approvedBy(row)).map(row => row.iccid)
  expect(rows.map(row => row.iccid)).toEqual(then.sort())
  const counts = await countAll(db, { ...ALL_PROFILES, asOf })
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(then.length)
})
