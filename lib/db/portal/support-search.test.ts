import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database'
import { type Database, openDatabase } from '../pool'
import { writeSetting } from '../setting-rows'
import { COUNTRY_CODE_SETTING } from './phone-numbers'
import { type HitCursor, supportSearch } from './support-search'

let server: TestDatabase
let db: Database

const eid = '89049032123451234512345678904317'
const boundEid = '89049032123451234512345678909921'

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
  const run = (text: string, values: unknown[] = []) => db.query({ text, values })
  await run("INSERT INTO profile_type (name, created_by) VALUES ('gold', 'test')")
  await run(`INSERT INTO batch (type_id, state, name, format, created_at, created_by)
    SELECT id, 'draft', 'not yet stock', 'csv', now(), 'test' FROM profile_type`)
  await run(`INSERT INTO profile (iccid, type_id, state, state_since, saip_version, package_bytes, install_bytes, imsi, msisdn, batch_id, created_by)
    SELECT '8988' || lpad(n::text, 13, '0') || (n % 90 + 10), t.id, 'Released', now(), '2.3', 1, 1, '26201' || lpad(n::text, 10, '0'),
      '+49170' || lpad(n::text, 7, '0'), CASE WHEN n > 60 THEN b.id END, 'test'
    FROM generate_series(1, 70) n, profile_type t, batch b`)
  await run(
    `INSERT INTO download_order (id, iccid, eid, matching_id, smdp_address, reference, customer_email, download_limit, confirmation_limit, created_at, created_by)
      SELECT gen_random_uuid(), iccid, CASE WHEN iccid = $2 THEN $3 END, 'CODE-' || right(iccid, 6), 'smdp.example.com',
        CASE WHEN iccid = $1 THEN 'ORDER-77' END, CASE WHEN iccid = $1 THEN 'anna@example.com' END, 10, 5, now(), 'test'
      FROM profile WHERE iccid IN ($1, $2)`,
    [iccidOf(42), iccidOf(7), boundEid],
  )
  await run('UPDATE profile SET order_id = o.id FROM download_order o WHERE o.iccid = profile.iccid')
  await run(
    `WITH bound AS (SELECT gen_random_uuid() AS id) UPDATE profile SET eid = $2, binding_id = bound.id, state = 'Downloaded' FROM bound WHERE iccid = $1`,
    [iccidOf(42), eid],
  )
  await run(
    `INSERT INTO profile_event (at, eid, transaction_id, actor, kind, outcome, status) VALUES (now(), $1, 'AA', 'device', 'authenticateClient', 'refused', 'matchingIdRefused')`,
    [eid],
  )
})
afterAll(async () => {
  await db.close()
  await server.close()
})

const iccidOf = (n: number) => `8988${String(n).padStart(13, '0')}${(n % 90) + 10}`

test('the stock of this test is as it is written', () => expect(iccidOf(42)).toBe('8988000000000004252'))

describe('one box finds a profile by whatever the customer reads out', () => {
  const wanted = iccidOf(42)
  test.each([
    ['ICCID', wanted, 'iccid'],
    ['ICCID with spaces', wanted.replace(/(.{4})/g, '$1 '), 'iccid'],
    ['last digits of the ICCID', '04252', 'iccidEnd'],
    ['EID', eid, 'eid'],
    ['first digits of the EID', eid.slice(0, 29), 'eid'],
    ['phone number', '+49 170 0000042', 'msisdn'],
    ['IMSI', '262010000000042', 'imsi'],
    ['matching ID', 'code-004252', 'matchingId'],
    ['text of a QR code', 'LPA:1$smdp.example.com$CODE-004252', 'matchingId'],
    ['order reference', 'ORDER-77', 'reference'],
    ['e-mail', 'Anna@Example.com', 'email'],
  ])('%s', async (_, text, kind) => {
    const { hits, tooMany } = await supportSearch(db, text)
    expect(hits.map(hit => [hit.kind, hit.iccid])).toEqual([[kind, wanted]])
    expect(hits[0]).toMatchObject({ state: 'Downloaded', type: 'gold', eid, matchingId: 'CODE-004252', reference: 'ORDER-77' })
    expect(tooMany).toBe(false)
  })

  test('a phone number as it is dialled from abroad, and at home once the country is set', async () => {
    const found = async (text: string) => (await supportSearch(db, text)).hits.map(hit => [hit.kind, hit.iccid])
    expect(await found('0049 170 0000042')).toEqual([['msisdn', wanted]])
    expect(await found('0170 0000042')).toEqual([])
    await writeSetting(db, COUNTRY_CODE_SETTING, { code: '49' }, 'test')
    expect(await found('(0170) 0000042')).toEqual([['msisdn', wanted]])
    expect(await found('170 0000042')).toEqual([['msisdn', wanted]])
    expect(await found('+49 (0)170 0000042')).toEqual([['msisdn', wanted]])
    await writeSetting(db, COUNTRY_CODE_SETTING, {}, 'test')
  })

  test('the eUICC that an order is for, before it has taken anything', async () => {
    const { hits } = await supportSearch(db, boundEid)
    expect(hits).toMatchObject([{ kind: 'eid', iccid: iccidOf(7), eid: boundEid }])
    expect((await supportSearch(db, boundEid.slice(-6))).hits).toEqual([])
  })

  test('a whole EID tells that its device tried codes which no order has', async () => {
    expect((await supportSearch(db, eid)).strayEid).toBe(eid)
    expect((await supportSearch(db, boundEid)).strayEid).toBeUndefined()
  })

  test('a QR code tells which server it names', async () => {
    expect(await supportSearch(db, 'LPA:1$other.example.net$NOT-HERE')).toEqual({
      hits: [],
      tooMany: false,
      smdpAddress: 'other.example.net',
    })
  })

  test('what waits for its approval is not found, and nothing is found by nothing', async () => {
    expect((await supportSearch(db, iccidOf(65))).hits).toEqual([])
    expect((await supportSearch(db, '  ')).hits).toEqual([])
    expect((await supportSearch(db, '%')).hits).toEqual([])
  })
})

test('pages follow each other by key, each profile once, the surest first', async () => {
  const seen: string[] = []
  let after: HitCursor | undefined
  do {
    const { hits, next } = await supportSearch(db, '8988', { pageSize: 25, after })
    seen.push(...hits.map(hit => hit.iccid))
    after = next
  } while (after)
  expect(seen).toHaveLength(60)
  expect(seen).toEqual([...new Set(seen)].sort())
})

test('more than are looked at is said, not hidden', async () => {
  await db.query({
    text: `INSERT INTO profile (iccid, type_id, state, state_since, saip_version, package_bytes, install_bytes, created_by)
      SELECT '8977' || lpad(n::text, 15, '0'), t.id, 'Available', now(), '2.3', 1, 1, 'test' FROM generate_series(1, 1100) n, profile_type t`,
  })
  expect(await supportSearch(db, '8977')).toMatchObject({ tooMany: true })
  expect(await supportSearch(db, '89770')).toMatchObject({ tooMany: true })
  expect(await supportSearch(db, '8977000000000001099')).toMatchObject({ tooMany: false, hits: [{ kind: 'iccid' }] })
})
