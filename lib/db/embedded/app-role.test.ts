import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureAppRole } from './app-role'
import { createTestDatabase, type TestDatabase, testServer } from './test-database'

let database: TestDatabase
let owner: Client
let clients: Client[]
let roles: string[]

beforeEach(async () => {
  database = await createTestDatabase()
  clients = []
  roles = []
  owner = await connect(database.url)
})

afterEach(async () => {
  for (const client of clients) await client.end()
  await database.close()
  const server = new Client({ connectionString: await testServer() })
  await server.connect()
  for (const role of roles) await server.query(`DROP ROLE IF EXISTS ${role}`)
  await server.end()
})

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  clients.push(client)
  roles.push(`${client.database}_app`)
  return client
}

const said = (actor: string) => `INSERT INTO audit (actor, action) VALUES ('${actor}', 'type:write')`

test('the role adds and reads audit rows and can neither change nor remove them', async () => {
  await owner.query(said('before'))
  const role = await ensureAppRole(database.url)
  expect(role.restricted).toBe(true)
  const app = await connect(role.url)
  await app.query(said('now'))
  expect((await app.query('SELECT actor FROM audit ORDER BY id')).rows).toEqual([{ actor: 'before' }, { actor: 'now' }])
  for (const sql of [
    "UPDATE audit SET actor = 'x'",
    'DELETE FROM audit',
    'TRUNCATE audit',
    'DROP TABLE audit',
    'ALTER TABLE audit ADD x int',
  ]) {
    await expect(app.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  }
})

test('the role adds links of the audit’s chain, changes and removes none, and erases what stands aside of a row without changing it', async () => {
  const app = await connect((await ensureAppRole(database.url)).url)
  await app.query("INSERT INTO audit_link (place, audit_id, hash) VALUES (1, 1, '\\x00')")
  await app.query("INSERT INTO audit_personal (audit_id, field, value, salt) VALUES (1, 'eid', 'x', '\\x00')")
  for (const sql of [
    'UPDATE audit_link SET audit_id = 2',
    'DELETE FROM audit_link',
    'TRUNCATE audit_link',
    "INSERT INTO audit_link (place, audit_id, hash, sealed_at) VALUES (2, 2, '\\x00', '2020-01-01')",
    "UPDATE audit_personal SET value = 'y'",
    'TRUNCATE audit_personal',
  ]) {
    await expect(app.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  }
  expect((await app.query('DELETE FROM audit_personal RETURNING value')).rows).toEqual([{ value: 'x' }])
})

test('the role chooses neither the number nor the time of an audit row', async () => {
  const before = await connect((await ensureAppRole(database.url)).url)
  // What earlier versions granted.
  await owner.query(`GRANT INSERT ON audit TO ${owner.database}_app; GRANT UPDATE ON SEQUENCE audit_id_seq TO ${owner.database}_app`)
  await before.query("SELECT setval('audit_id_seq', 100)")
  const app = await connect((await ensureAppRole(database.url)).url)
  for (const sql of [
    "INSERT INTO audit (id, actor, action) VALUES (1, 'x', 'y')",
    "INSERT INTO audit (at, actor, action) VALUES ('2020-01-01', 'x', 'y')",
    "SELECT setval('audit_id_seq', 1)",
  ]) {
    await expect(app.query(sql), sql).rejects.toMatchObject({ code: '42501' })
  }
  await app.query(said('now'))
})

test('the role sets no sequence but that of data keys, those of later migrations neither', async () => {
  const app = await connect((await ensureAppRole(database.url)).url)
  await owner.query('CREATE TABLE late (id serial, n int)')
  for (const name of ['late_id_seq', 'profile_event_id_seq'])
    await expect(app.query(`SELECT setval('${name}', 1)`), name).rejects.toMatchObject({ code: '42501' })
  await app.query("SELECT setval('data_key_id_seq', 1)")
})

test('the role works with all other tables, those of later migrations too, and cannot touch the schema or the bookkeeping', async () => {
  await owner.query('CREATE TABLE IF NOT EXISTS _prisma_migrations (id text)')
  await owner.query('CREATE TABLE early (id serial, n int)')
  const app = await connect((await ensureAppRole(database.url)).url)
  await owner.query('CREATE TABLE late (id serial, n int)')
  for (const table of ['early', 'late']) {
    await app.query(`INSERT INTO ${table} (n) VALUES (1)`)
    await app.query(`UPDATE ${table} SET n = 2`)
    expect((await app.query(`DELETE FROM ${table} RETURNING n`)).rows).toEqual([{ n: 2 }])
  }
  await expect(app.query('CREATE TABLE mine (n int)')).rejects.toMatchObject({ code: '42501' })
  await expect(app.query('DELETE FROM _prisma_migrations')).rejects.toMatchObject({ code: '42501' })
})

test('many instances get the same role at once, and a connected one keeps working', async () => {
  const results = await Promise.all([1, 2, 3, 4].map(() => ensureAppRole(database.url)))
  expect(new Set(results.map(({ url }) => url)).size).toBe(1)
  const app = await connect(results[0]?.url ?? '')
  await ensureAppRole(database.url)
  expect((await app.query('SELECT current_user AS me')).rows).toEqual([{ me: `${owner.database}_app` }])
})

test('a role whose password was changed gets its own back', async () => {
  const { url } = await ensureAppRole(database.url)
  await owner.query(`ALTER ROLE ${owner.database}_app PASSWORD 'other'`)
  expect(await ensureAppRole(database.url)).toEqual({ url, restricted: true })
  await connect(url)
})

test('an owner who may not make roles goes on as itself, and is told', async () => {
  const name = `${owner.database}_plain`
  roles.push(name)
  await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'plain'`)
  await owner.query(`ALTER DATABASE ${owner.database} OWNER TO ${name}`)
  const url = new URL(database.url)
  url.username = name
  url.password = 'plain'
  expect(await ensureAppRole(url.toString())).toEqual({
    url: url.toString(),
    restricted: false,
    reason: expect.stringMatching(/permission denied to create role/),
  })
})
