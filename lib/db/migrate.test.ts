import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testServer } from './embedded/test-database'
import { migrate } from './migrate'

let folder: string
let url: string
let name: string
let server: Client
let client: Client

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-migrations-'))
  name = `migrate_${path.basename(folder).replace(/\W/g, '').toLowerCase()}`
  server = new Client({ connectionString: await testServer() })
  await server.connect()
  await server.query(`CREATE DATABASE ${name}`)
  const onDatabase = new URL(await testServer())
  onDatabase.pathname = `/${name}`
  url = onDatabase.toString()
  client = new Client({ connectionString: url })
  await client.connect()
})

afterEach(async () => {
  await client.end()
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
  await server.end()
  rmSync(folder, { recursive: true, force: true })
})

function write(migration: string, sql: string): void {
  mkdirSync(path.join(folder, migration), { recursive: true })
  writeFileSync(path.join(folder, migration, 'migration.sql'), sql)
}

test('applies what is missing, in order, once', async () => {
  write('0002_more', 'ALTER TABLE a ADD m int')
  write('0001_init', 'CREATE TABLE a (n int); INSERT INTO a VALUES (1)')
  writeFileSync(path.join(folder, 'migration_lock.toml'), 'provider = "postgresql"')
  expect(await migrate(url, folder)).toEqual(['0001_init', '0002_more'])
  expect(await migrate(url, folder)).toEqual([])
  write('0003_last', 'UPDATE a SET m = 2')
  expect(await migrate(url, folder)).toEqual(['0003_last'])
  expect((await client.query('SELECT * FROM a')).rows).toEqual([{ n: 1, m: 2 }])
})

test('instances that start at the same time take turns', async () => {
  write('0001_init', 'CREATE TABLE a (n int)')
  write('0002_more', 'INSERT INTO a VALUES (1)')
  const applied = await Promise.all([1, 2, 3, 4, 5].map(() => migrate(url, folder)))
  expect(applied.flat().sort()).toEqual(['0001_init', '0002_more'])
  expect((await client.query('SELECT * FROM a')).rows).toEqual([{ n: 1 }])
})

test('takes a failing migration back and keeps those before it', async () => {
  write('0001_init', 'CREATE TABLE a (n int)')
  write('0002_bad', 'INSERT INTO a VALUES (1); SELECT 1/0')
  await expect(migrate(url, folder)).rejects.toThrow('The migration 0002_bad failed and was taken back: division by zero')
  expect((await client.query('SELECT * FROM a')).rows).toEqual([])
  write('0002_bad', 'INSERT INTO a VALUES (2)')
  expect(await migrate(url, folder)).toEqual(['0002_bad'])
})

test('refuses a migration that was edited after it was applied', async () => {
  write('0001_init', 'CREATE TABLE a (n int)')
  await migrate(url, folder)
  write('0001_init', 'CREATE TABLE a (n bigint)')
  await expect(migrate(url, folder)).rejects.toThrow(/0001_init was edited after it was applied/)
})

test('refuses a database that is newer than the program', async () => {
  write('0001_init', 'CREATE TABLE a (n int)')
  write('0002_more', 'ALTER TABLE a ADD m int')
  await migrate(url, folder)
  rmSync(path.join(folder, '0002_more'), { recursive: true })
  await expect(migrate(url, folder)).rejects.toThrow(/newer than this program \(it has 0002_more\)/)
})

test("refuses where Prisma's own tool left a failed migration, and goes on once that is resolved", async () => {
  write('0001_init', 'CREATE TABLE a (n int)')
  await migrate(url, folder)
  await client.query("UPDATE _prisma_migrations SET finished_at = NULL, logs = 'boom'")
  await expect(migrate(url, folder)).rejects.toThrow(/0001_init failed earlier/)
  await client.query('UPDATE _prisma_migrations SET rolled_back_at = now()')
  await client.query('DROP TABLE a')
  expect(await migrate(url, folder)).toEqual(['0001_init'])
})
