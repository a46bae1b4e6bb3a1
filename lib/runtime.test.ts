import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './db/embedded/test-database'
import { database } from './db/pool'
import { parseEnv } from './env'
import { startRuntime } from './runtime'
import { credentials } from './smdp/credentials'
import { vault } from './vault/vault'

let server: TestDatabase
const folders: string[] = []
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'slipway-runtime-'))
  folders.push(made)
  return made
}

beforeAll(async () => {
  server = await createTestDatabase()
})
afterAll(async () => {
  await server?.close()
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

const envOf = (dataDir: string, url: string) => parseEnv({ DATA_DIR: dataDir, DATABASE_URL: url, SMDP_ADDRESS: 'smdp.example.com:8443' })

test('starting makes keys and certificates once, and everything is found where it is looked for', async () => {
  const dataDir = folder()
  const steps: string[] = []
  const first = await startRuntime(envOf(dataDir, server.url), { progress: step => steps.push(step) })
  expect(steps).toContain('applying migrations')
  expect(database()).toBe(first.db)
  expect(vault()).toBe(first.vault)
  const before = (await credentials().current()).tls.map(({ fingerprint }) => fingerprint)
  expect(before).toHaveLength(1)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  await first.stop()
  expect(() => database()).toThrow()

  const second = await startRuntime(envOf(dataDir, server.url))
  expect((await credentials().current()).tls.map(({ fingerprint }) => fingerprint)).toEqual(before)
  await second.stop()
})

test('a database that was made with another master key is refused', async () => {
  await expect(startRuntime(envOf(folder(), server.url))).rejects.toThrow(/master key/)
})

test('a database that is not there is told in a sentence without its password', async () => {
  const error = await startRuntime(envOf(folder(), 'postgresql://somebody:hunter2@127.0.0.1:1/slipway')).catch(String)
  expect(error).toMatch(/no answer from the database of DATABASE_URL \(127\.0\.0\.1:1\/slipway\)/)
  expect(error).not.toContain('hunter2')
})
