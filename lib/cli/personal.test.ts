import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { readOptions } from './command'
import { Output } from './output'
import { personalCommands } from './personal'
import { findCommand } from './run'

const iccid = '8988000000000000016'
const eid = '89049032123451234512345678901235'
const email = 'kim@example.com'

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-personal-'))
let testDatabase: TestDatabase
let db: Database

/** A call of the command line within this process, on a deployment of its own. */
async function cli(...args: string[]): Promise<string> {
  const found = findCommand(personalCommands, ['personal', ...args])
  if (!('command' in found)) throw new Error('there is no such command')
  let text = ''
  const stdout = new Writable({
    write: (piece, _, done) => {
      text += String(piece)
      done()
    },
  }) as unknown as NodeJS.WriteStream
  const given = readOptions(found.command, found.rest)
  await found.command.run(given, new Output(given.json, stdout, stdout))
  return text
}

const sql = async (text: string, values: unknown[] = []) => (await db.query<Record<string, unknown>>({ text, values })).rows

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  db = openDatabase(testDatabase.url)
  for (const [name, value] of [
    ['DATA_DIR', join(folder, 'data')],
    ['DATABASE_URL', testDatabase.url],
    ['SMDP_ADDRESS', 'localhost:8443'],
    ['PORTAL_URL', ''],
  ] as const)
    vi.stubEnv(name, value)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await db?.close()
  await testDatabase?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A customer who has deleted their eSIM. */
beforeEach(async () => {
  for (const table of ['profile_event', 'download_order', 'profile', 'profile_type', 'retention_clock']) await sql(`DELETE FROM ${table}`)
  const [type] = await sql(`INSERT INTO profile_type (name, created_by) VALUES ('test', 'cli:test') RETURNING id`)
  const [order] = await sql(
    `INSERT INTO download_order (iccid, eid, customer_email, confirmation_limit, download_limit, created_by, closed_at, outcome)
      VALUES ($1, $2, $3, 3, 10, 'cli:test', now(), 'installed') RETURNING id`,
    [iccid, eid, email],
  )
  await sql(
    `INSERT INTO profile (iccid, type_id, package_bytes, install_bytes, saip_version, created_by, state, runtime_state, eid, binding_id)
      VALUES ($1, $2, 1, 1, '2.3', 'cli:test', 'Installed', 'Deleted', $3, gen_random_uuid())`,
    [iccid, type?.id, eid],
  )
  await sql(
    `INSERT INTO profile_event (at, iccid, order_id, eid, actor, kind, outcome) VALUES (now(), $1, $2, $3, 'device', 'authenticateClient', 'ok')`,
    [iccid, order?.id, eid],
  )
})

describe('whose data is meant', () => {
  test.each([
    [['export'], 'Say by what and which, as in: iccid 8988000000000001234.'],
    [['export', 'iccid'], 'Say by what and which'],
    [['export', 'name', 'Kim'], 'It is one of: iccid, email, msisdn, eid, imsi.'],
    [['export', 'eid', '12'], 'An EID has 32 digits.'],
    [['erase', 'email', email], 'This cannot be taken back. Say --yes to do it'],
    [['clocks', '--set', 'mails'], '--set and --days belong together.'],
    [['clocks', '--set', 'mails', '--days', '0'], 'A number of days from 1 to 36500, or "forever", is expected.'],
    [['clocks', '--set', 'mails', '--days', 'soon'], 'A number of days from 1 to 36500'],
    [['clocks', '--set', 'names', '--days', '3'], '--set cannot be "names". It is one of: devices,'],
  ])('%j is refused in one sentence, before anything is done', async (args, sentence) => {
    await expect(cli(...args)).rejects.toThrow(sentence)
    expect(await sql('SELECT FROM download_order WHERE customer_email IS NOT NULL')).toHaveLength(1)
  })
})

test('export writes a file that only its owner may read, and says where it is', async () => {
  const file = join(folder, 'kim.json')
  expect(await cli('export', 'email', email, '--out', file)).toBe(`It is in ${file}.\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    asked: { by: 'email', value: email },
    subscriber: { eids: [eid], emails: [email] },
    orders: [{ iccid }],
    calls: [],
    messages: [],
  })
  expect(await sql(`SELECT result FROM audit WHERE action = 'personal:export' ORDER BY id DESC LIMIT 1`)).toEqual([{ result: 'ok' }])
})

test('erase says what lost something, and by what name the audit knows it', async () => {
  const told = await cli('erase', 'iccid', iccid, '--yes')
  expect(told).toMatch(/^Erased\. In the audit this is "erasure [0-9a-f]{8}"\. How many rows lost something:\n/)
  expect(told).toMatch(/^orders +1\nprofiles +1\nevents +1$/m)
  expect(await sql('SELECT customer_email AS email FROM download_order')).toEqual([{ email: null }])
  expect(JSON.parse(await cli('erase', 'iccid', iccid, '--yes', '--json'))).toMatchObject({ erased: { orders: 0, calls: 0, messages: 0 } })
})

test('erase of somebody of whom nothing is held says so', async () => {
  await expect(cli('erase', 'email', 'nobody@example.com', '--yes')).rejects.toThrow('Nothing is held about this subscriber')
})

test('clocks shows what is kept for how long, sets it, and runs them', async () => {
  const shown = await cli('clocks')
  expect(shown).toMatch(/^KIND +KEPT +LAST RUN +ERASED SO FAR +WHAT\n/)
  expect(shown).toMatch(/^devices +400 days +never +0 +Device identifiers on timelines$/m)
  expect(shown).toMatch(/^What partners asked and were told: 90 days, always\.$/m)
  await sql(`UPDATE profile_event SET at = now() - interval '3 days'`)
  const set = JSON.parse(await cli('clocks', '--set', 'devices', '--days', '2', '--run', '--json'))
  expect(set).toContainEqual(expect.objectContaining({ kind: 'devices', days: 2, removed: 1, lastRunAt: expect.any(String) }))
  expect(await sql('SELECT eid FROM profile_event')).toEqual([{ eid: null }])
  expect(await cli('clocks', '--set', 'devices', '--days', 'forever')).toMatch(/^devices +for ever +20/m)
})
