import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import { exportProfiles, PROFILE_COLUMNS } from './profile-export'
import { ALL_PROFILES, findProfiles, type ProfileFilters } from './profile-list'

let server: TestDatabase
let db: Database

const iccid = (n: number) => `894400000000000${String(n).padStart(5, '0')}`
const eid = '89049032123451234512345678901235'

/** More than two steps of an export in stock, and a draft among their ICCIDs. */
beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  await db.query({ text: "INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test')" })
  await db.query({
    text: `INSERT INTO batch (id, type_id, state, name, format, created_by)
      SELECT id, (SELECT id FROM profile_type), state, 'delivery', 'csv', 'test' FROM (VALUES (1, 'approved'), (2, 'draft')) AS b (id, state)`,
  })
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state_since, created_at, saip_version, package_bytes, install_bytes, imsi, msisdn, batch_id, created_by)
      SELECT '894400000000000' || lpad(n::text, 5, '0'), b.type_id, b.created_at, b.created_at, '2.3', 1, 1, '00101' || lpad(n::text, 10, '0'),
        CASE WHEN n % 2 = 0 THEN '+' ELSE '' END || '4917' || lpad(n::text, 7, '0'), b.id, 'test'
      FROM generate_series(1, 14000) n JOIN batch b ON b.id = CASE WHEN n % 7 = 0 THEN 2 ELSE 1 END`,
  })
  await db.query({
    text: `WITH o AS (
        INSERT INTO download_order (iccid, matching_id, confirmation_code_hash, confirmation_limit, download_limit, created_by)
        VALUES ($1, '04386-99999-AGYFT', '\\xdeadbeef', 3, 10, 'test') RETURNING *)
      UPDATE profile p SET state = 'Released', order_id = o.id, eid = $2 FROM o WHERE o.iccid = p.iccid`,
    values: [iccid(8), eid],
  })
})

afterAll(async () => {
  await db?.close()
  await server?.close()
})

async function exported(change: Partial<ProfileFilters> = {}) {
  const steps: string[][][] = []
  for await (const step of exportProfiles(db, { ...ALL_PROFILES, ...change }, PROFILE_COLUMNS)) steps.push(step)
  return steps
}

describe('an export', () => {
  test('has each profile in stock once, by ICCID, a bounded number at a time, and no draft', async () => {
    const steps = await exported()
    const expected = Array.from({ length: 14_000 }, (_, n) => n + 1).filter(n => n % 7 !== 0)
    expect(steps.flat().map(([first]) => first)).toEqual(expected.map(iccid))
    expect(Math.max(...steps.map(step => step.length))).toBeLessThanOrEqual(5_000)
    expect(steps.length).toBeGreaterThan(2)
  })

  test('has the columns that are asked for, in words, and no secret', async () => {
    const [[row] = []] = await exported({ states: ['Released'] })
    const cells = Object.fromEntries(PROFILE_COLUMNS.map((column, i) => [column, row?.[i]]))
    expect(cells).toMatchObject({
      iccid: iccid(8),
      state: 'Released',
      type: 'gold',
      batch: 'delivery',
      matchingId: '04386-99999-AGYFT',
      eid,
      imsi: '001010000000008',
      msisdn: '+49170000008',
    })
    expect(JSON.stringify(row)).not.toMatch(/dead/)
  })

  test('has what the view shows', async () => {
    expect((await exported({ search: '0010100000120' })).flat().map(([first]) => first)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 12_000)
        .filter(n => n % 7 !== 0)
        .map(iccid),
    )
    expect(await exported({ batch: '2' })).toEqual([])
  })
})

test.each([
  ['the MSISDN with its plus', '+49170000008'],
  ['the MSISDN without', '49 170 000 008'],
  ['the beginning of the MSISDN', '4917000000', 8],
  ['the beginning of the EID', '890490321234512345123', 1],
  ['the digits with which the matching ID begins', '04386-9'],
  ['the same without the dash, or the end of an ICCID', '04386', 2],
])('finds by %s', async (_, search, count = 1) => {
  const rows = await findProfiles(db, search, 20)
  expect(rows.map(row => row.iccid)).toContain(iccid(8))
  expect(rows.length).toBe(count)
})

test('nothing of a draft is found by any of its numbers', async () => {
  for (const search of [iccid(7), '001010000000007', '49170000007']) expect(await findProfiles(db, search, 20)).toEqual([])
})
