import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { deploymentSecret } from './deployment-secrets'
import { masterKey } from './master-key'
import { createVault, openVault, VaultError } from './vault'

const key = randomBytes(32)
const vault = createVault(new Map([[1, key]]))
const secret = Buffer.from('a profile package')

describe('a sealed secret', () => {
  test('opens under the identity of its row', () => {
    expect(vault.open(vault.seal(secret, 'row:1'), 'row:1')).toEqual(secret)
    expect(vault.open(vault.seal(Buffer.alloc(0), 'row:1'), 'row:1')).toEqual(Buffer.alloc(0))
  })

  test('does not show what it holds, and never looks the same twice', () => {
    const [one, two] = [vault.seal(secret, 'row:1'), vault.seal(secret, 'row:1')]
    expect(one.includes(secret)).toBe(false)
    expect(one.equals(two)).toBe(false)
  })

  test.each(['row:2', 'row:', '', 'row:1 '])('does not open under another identity: “%s”', identity =>
    expect(() => vault.open(vault.seal(secret, 'row:1'), identity)).toThrow(VaultError),
  )

  test('does not open when any octet of it was changed, or one is missing', () => {
    const sealed = vault.seal(secret, 'row:1')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => vault.open(changed, 'row:1')).toThrow(VaultError)
      expect(() => vault.open(sealed.subarray(0, at), 'row:1')).toThrow(VaultError)
    }
    expect(() => vault.open(Buffer.concat([sealed, Buffer.of(0)]), 'row:1')).toThrow(VaultError)
  })

  test('opens with an older data key; new ones take the newest', () => {
    const old = vault.seal(secret, 'row:1')
    const both = createVault(
      new Map([
        [2, randomBytes(32)],
        [1, key],
      ]),
    )
    expect(both.open(old, 'row:1')).toEqual(secret)
    expect(() => vault.open(both.seal(secret, 'row:1'), 'row:1')).toThrow(VaultError)
    expect(() => createVault(new Map([[1, randomBytes(32)]])).open(old, 'row:1')).toThrow(VaultError)
  })

  test('a vault without keys does not open', () => expect(() => createVault(new Map())).toThrow(VaultError))
})

describe('the vault of a database', () => {
  let test1: TestDatabase
  let db: Database
  let folder: string
  beforeAll(async () => {
    test1 = await createTestDatabase()
    db = openDatabase(test1.url, { maxConnections: 4 })
    folder = mkdtempSync(join(tmpdir(), 'vault-'))
  })
  afterAll(async () => {
    await db.close()
    await test1.close()
    rmSync(folder, { recursive: true })
  })

  test('the master key is made once, readable by its owner only, also by several that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => masterKey(folder)))
    expect(new Set(keys.map(one => one.toString('hex'))).size).toBe(1)
    expect(keys[0]).toHaveLength(32)
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600)
  })

  test('instances that open it at once share one data key, which the database has only wrapped', async () => {
    const vaults = await Promise.all(Array.from({ length: 4 }, () => openVault(db, folder)))
    const sealed = vaults[0]?.seal(secret, 'row:1') ?? Buffer.alloc(0)
    for (const one of vaults) expect(one.open(sealed, 'row:1')).toEqual(secret)
    expect((await db.query({ text: 'SELECT 1 FROM data_key' })).rows).toHaveLength(1)
  })

  test('deployment secrets are the same for all instances and sealed in the database', async () => {
    const opened = await openVault(db, folder)
    const secrets = await Promise.all(Array.from({ length: 5 }, () => deploymentSecret(db, opened, 'server-challenge')))
    expect(new Set(secrets.map(one => one.toString('hex'))).size).toBe(1)
    expect((await deploymentSecret(db, opened, 'sign-in-cookies')).equals(secrets[0] ?? Buffer.alloc(0))).toBe(false)
    const rows = JSON.stringify((await db.query({ text: 'SELECT row_to_json(s)::text AS row FROM deployment_secret s' })).rows)
    expect(rows).not.toContain(secrets[0]?.toString('hex'))
  })

  test('another master key is refused in a sentence that says what to restore', async () => {
    const path = join(folder, 'master.key')
    const kept = readFileSync(path)
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`)
    await expect(openVault(db, folder)).rejects.toThrow(/not the one that this database was made with. Restore master.key/)
    writeFileSync(path, 'short')
    await expect(openVault(db, folder)).rejects.toThrow(/damaged: it must be 32 octets/)
    writeFileSync(path, kept)
    await openVault(db, folder)
  })
})
