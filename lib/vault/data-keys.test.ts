import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { encrypt } from './cipher'
import { deleteDataKey, newDataKey } from './data-keys'
import { keepBeside, masterKey } from './master-key'
import { rotateMasterKey } from './rotate'
import { createVault, openVault, VaultError } from './vault'
import { masterKeyId } from './wrapped-key'

const secret = Buffer.from('a subscriber')
let test1: TestDatabase
let db: Database
let dataDir: string
beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 12 })
})
afterAll(async () => {
  await db.close()
  await test1.close()
})
beforeEach(async () => {
  await db.query({ text: 'DELETE FROM data_key' })
  dataDir = mkdtempSync(join(tmpdir(), 'vault-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const path = () => join(dataDir, 'master.key')
const beside = () => readdirSync(dataDir).filter(name => name.startsWith('master.key.'))

/** Returns once somebody waits for a lock. */
async function someoneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await db.query({
      text: `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    })
    if (rows.length > 0) return
  }
}

describe('the data key of a batch', () => {
  test('seals what another instance opens once it has fetched the key', async () => {
    const [one, other] = [await openVault(db, dataDir), await openVault(db, dataDir)]
    const id = await newDataKey(db, one)
    const sealed = one.seal(secret, 'row:1', id)
    expect(one.open(sealed, 'row:1')).toEqual(secret)
    expect(() => other.open(sealed, 'row:1')).toThrow(VaultError)
    expect(() => other.seal(secret, 'row:1', id)).toThrow(/not held/)
    await other.load(sealed)
    expect(other.open(sealed, 'row:1')).toEqual(secret)
    await expect(other.loadKey(id)).resolves.toBeUndefined()
    expect(one.open(other.seal(secret, 'row:2', id), 'row:2')).toEqual(secret)
  })

  test('is never taken for what is the deployment’s', async () => {
    const vault = await openVault(db, dataDir)
    const before = vault.seal(secret, 'row:1')
    const id = await newDataKey(db, vault)
    const after = vault.seal(secret, 'row:1')
    const reopened = (await openVault(db, dataDir)).seal(secret, 'row:1')
    for (const sealed of [before, after, reopened]) expect(sealed.readUInt32BE(1)).not.toBe(id)
  })

  test('takes with it what it sealed, for every vault that is opened or asks for it from then on', async () => {
    const [one, other] = [await openVault(db, dataDir), await openVault(db, dataDir)]
    const id = await newDataKey(db, one)
    const sealed = one.seal(secret, 'row:1', id)
    await deleteDataKey(db, one, id)
    expect(() => one.open(sealed, 'row:1')).toThrow(VaultError)
    await expect(one.load(sealed)).rejects.toThrow(/was deleted, and the secret with it/)
    await expect(other.load(sealed)).rejects.toThrow(VaultError)
    expect(() => one.seal(secret, 'row:1', id)).toThrow(VaultError)
    expect(await newDataKey(db, one)).not.toBe(id)
  })

  test('is the only kind that can be deleted', async () => {
    const vault = await openVault(db, dataDir)
    const sealed = vault.seal(secret, 'row:1')
    await deleteDataKey(db, vault, 1)
    expect(vault.open(sealed, 'row:1')).toEqual(secret)
    expect((await openVault(db, dataDir)).open(sealed, 'row:1')).toEqual(secret)
  })

  test('comes and goes with the transaction that makes the batch', async () => {
    const vault = await openVault(db, dataDir)
    const undone = transaction(db, async tx => {
      await newDataKey(tx, vault)
      throw new Error('no batch')
    })
    await expect(undone).rejects.toThrow('no batch')
    expect((await db.query({ text: 'SELECT 1 FROM data_key' })).rows).toHaveLength(1)
  })

  test('can be made with a vault that has no database of its own', async () => {
    const vault = createVault(new Map([[1, randomBytes(32)]]))
    const sealed = vault.seal(secret, 'row:1')
    const id = await newDataKey(db, vault)
    expect(vault.open(vault.seal(secret, 'row:2', id), 'row:2')).toEqual(secret)
    expect(vault.open(sealed, 'row:1')).toEqual(secret)
    await deleteDataKey(db, vault, id)
    expect(() => vault.seal(secret, 'row:2', id)).toThrow(VaultError)
  })

  test('cannot be put in the place of another one in the database', async () => {
    const vault = await openVault(db, dataDir)
    const [one, two] = [await newDataKey(db, vault), await newDataKey(db, vault)]
    await db.query({
      text: 'UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = $1) WHERE id = $2',
      values: [one, two],
    })
    await expect(openVault(db, dataDir)).rejects.toThrow(`The data key ${two} in the database was changed`)
  })
})

describe('a new master key', () => {
  test('opens everything that was sealed before, and the one before opens nothing any more', async () => {
    const vault = await openVault(db, dataDir)
    const sealed = [vault.seal(secret, 'row:1'), vault.seal(secret, 'row:1', await newDataKey(db, vault))]
    const before = await masterKey(dataDir)
    const rotation = await rotateMasterKey(db, { dataDir })
    expect(rotation).toEqual({ dataKeys: 2, before: masterKeyId(before), after: masterKeyId(await masterKey(dataDir)) })
    expect(rotation.after).not.toBe(rotation.before)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    for (const name of beside()) rmSync(join(dataDir, name))
    const reopened = await openVault(db, dataDir)
    for (const one of sealed) expect(reopened.open(one, 'row:1')).toEqual(secret)
    writeFileSync(path(), before.toString('base64'))
    await expect(openVault(db, dataDir)).rejects.toThrow(/Restore master.key/)
  })

  test('leaves the one before beside it, for a backup of the database that is restored', async () => {
    const before = await masterKey(dataDir)
    await openVault(db, dataDir)
    const { rows } = await db.query({ text: 'SELECT id, wrapped FROM data_key' })
    await rotateMasterKey(db, { dataDir })
    expect(beside()).toEqual([`master.key.${masterKeyId(before).toLowerCase()}`])
    await db.query({ text: 'UPDATE data_key SET wrapped = $1', values: [rows[0]?.wrapped] })
    await openVault(db, dataDir)
    expect(await masterKey(dataDir)).toEqual(before)
  })

  test('is found by servers that run on: for the keys that others make, and for those they make themselves', async () => {
    const running = await openVault(db, dataDir)
    await rotateMasterKey(db, { dataDir })
    const mine = running.seal(secret, 'row:1', await newDataKey(db, running))
    const other = await openVault(db, dataDir)
    expect(other.open(mine, 'row:1')).toEqual(secret)
    await rotateMasterKey(db, { dataDir })
    const fresh = await openVault(db, dataDir)
    const theirs = fresh.seal(secret, 'row:1', await newDataKey(db, fresh))
    await running.load(theirs)
    expect(running.open(theirs, 'row:1')).toEqual(secret)
  })

  test('waits for a batch that is being made, and wraps its key as well', async () => {
    const vault = await openVault(db, dataDir)
    let rotation: Promise<unknown> | undefined
    const id = await transaction(db, async tx => {
      const made = await newDataKey(tx, vault)
      rotation = rotateMasterKey(db, { dataDir })
      await someoneWaits()
      return made
    })
    await expect(rotation).resolves.toMatchObject({ dataKeys: 2 })
    const sealed = vault.seal(secret, 'row:1', id)
    const reopened = await openVault(db, dataDir)
    expect(reopened.open(sealed, 'row:1')).toEqual(secret)
  })

  test('makes a batch wait, and wraps the key that is made then', async () => {
    const vault = await openVault(db, dataDir)
    let making: Promise<number> | undefined
    await rotateMasterKey(
      db,
      {
        dataDir,
      },
      {
        also: async () => {
          making = newDataKey(db, vault)
          await someoneWaits()
        },
      },
    )
    const sealed = vault.seal(secret, 'row:1', await making)
    expect((await openVault(db, dataDir)).open(sealed, 'row:1')).toEqual(secret)
  })

  test('may be changed several times at once while instances make data keys: nothing is lost', async () => {
    const vaults = await Promise.all(Array.from({ length: 3 }, () => openVault(db, dataDir)))
    const sealed: Buffer[] = []
    const make = async (vault: (typeof vaults)[number]) => {
      for (let i = 0; i < 8; i++) sealed.push(vault.seal(secret, 'row:1', await newDataKey(db, vault)))
    }
    await Promise.all([...vaults.map(make), ...Array.from({ length: 4 }, () => rotateMasterKey(db, { dataDir }))])
    const reopened = await openVault(db, dataDir)
    expect(sealed).toHaveLength(24)
    for (const one of sealed) expect(reopened.open(one, 'row:1')).toEqual(secret)
    expect(beside()).toHaveLength(4)
  })

  test('that was never put in force does not keep the database from opening', async () => {
    const before = await masterKey(dataDir)
    const vault = await openVault(db, dataDir)
    const sealed = vault.seal(secret, 'row:1')
    await keepBeside(dataDir, randomBytes(32))
    expect((await openVault(db, dataDir)).open(sealed, 'row:1')).toEqual(secret)
    expect(await masterKey(dataDir)).toEqual(before)
  })

  test('that is in force but lies beside master.key still is put in its place by the next start', async () => {
    const vault = await openVault(db, dataDir)
    const sealed = vault.seal(secret, 'row:1')
    const before = await masterKey(dataDir)
    await rotateMasterKey(db, { dataDir })
    const after = await masterKey(dataDir)
    // As a kill between the commit and the swap leaves it.
    renameSync(path(), `${path()}.${masterKeyId(after).toLowerCase()}`)
    renameSync(`${path()}.${masterKeyId(before).toLowerCase()}`, path())
    const opened = await Promise.all(Array.from({ length: 4 }, () => openVault(db, dataDir)))
    for (const one of opened) expect(one.open(sealed, 'row:1')).toEqual(secret)
    expect(await masterKey(dataDir)).toEqual(after)
    expect(beside()).toEqual([`master.key.${masterKeyId(before).toLowerCase()}`])
  })

  test('changes nothing when what belongs to it fails', async () => {
    const vault = await openVault(db, dataDir)
    const before = await masterKey(dataDir)
    const failing = async () => {
      throw new Error('no audit row')
    }
    await expect(rotateMasterKey(db, { dataDir }, { also: failing })).rejects.toThrow('no audit row')
    expect(await masterKey(dataDir)).toEqual(before)
    const sealed = vault.seal(secret, 'row:1')
    expect((await openVault(db, dataDir)).open(sealed, 'row:1')).toEqual(secret)
  })

  test('wraps data keys of the first format as well', async () => {
    const [master, key] = [await masterKey(dataDir), randomBytes(32)]
    const wrapped = encrypt(master, key, 'data_key', Buffer.of(1))
    await db.query({ text: 'INSERT INTO data_key (id, wrapped) VALUES (1, $1)', values: [wrapped] })
    const sealed = createVault(new Map([[1, key]])).seal(secret, 'row:1')
    expect((await openVault(db, dataDir)).open(sealed, 'row:1')).toEqual(secret)
    await rotateMasterKey(db, { dataDir })
    const vault = await openVault(db, dataDir)
    expect(vault.open(sealed, 'row:1')).toEqual(secret)
    expect(vault.seal(secret, 'row:2').readUInt32BE(1)).toBe(1)
  })
})

describe('an outside vault', () => {
  const keyFile = () => join(dataDir, 'outside')
  const lines = (...keys: Buffer[]) => writeFileSync(keyFile(), keys.map(key => `${key.toString('hex')}\n`).join(''))

  test('gives the first key too, and none is made in the data folder', async () => {
    lines(randomBytes(32))
    const vault = await openVault(db, { dataDir, file: keyFile() })
    const sealed = vault.seal(secret, 'row:1')
    expect(existsSync(path())).toBe(false)
    expect((await openVault(db, { dataDir, command: `cat '${keyFile()}'` })).open(sealed, 'row:1')).toEqual(secret)
    lines(randomBytes(32))
    await expect(openVault(db, { dataDir, file: keyFile() })).rejects.toThrow(/MASTER_KEY_FILE \(.*\) is not the one/)
  })

  test('takes over from the data folder without a pause', async () => {
    const running = await openVault(db, dataDir)
    const sealed = running.seal(secret, 'row:1')
    lines(randomBytes(32))
    const settings = { dataDir, file: keyFile() }
    const moved = await openVault(db, settings)
    await rotateMasterKey(db, settings)
    rmSync(path())
    expect((await openVault(db, settings)).open(sealed, 'row:1')).toEqual(secret)
    expect(moved.open(moved.seal(secret, 'row:1', await newDataKey(db, moved)), 'row:1')).toEqual(secret)
  })

  test('puts the first of its keys in force, and says so when that is done', async () => {
    const [old, next] = [randomBytes(32), randomBytes(32)]
    lines(old)
    const settings = { dataDir, file: keyFile() }
    const running = await openVault(db, settings)
    await expect(rotateMasterKey(db, settings)).rejects.toThrow(/gives the master key that is in force already/)
    lines(next, old)
    expect(await rotateMasterKey(db, settings)).toMatchObject({ before: masterKeyId(old), after: masterKeyId(next) })
    lines(next)
    const sealed = running.seal(secret, 'row:1', await newDataKey(db, running))
    expect((await openVault(db, settings)).open(sealed, 'row:1')).toEqual(secret)
    expect(readdirSync(dataDir)).toEqual(['outside'])
  })

  test('that has not the new key yet stops new data keys only, with a sentence', async () => {
    const [old, next] = [randomBytes(32), randomBytes(32)]
    lines(old)
    const settings = { dataDir, file: keyFile() }
    const running = await openVault(db, settings)
    const sealed = running.seal(secret, 'row:1')
    await rotateMasterKey(db, settings, { newKey: next })
    expect(running.open(sealed, 'row:1')).toEqual(secret)
    await expect(newDataKey(db, running)).rejects.toThrow(/Let it give the right key/)
    lines(next)
    await expect(newDataKey(db, running)).resolves.toEqual(expect.any(Number))
    await expect(rotateMasterKey(db, settings, { newKey: next })).rejects.toThrow(/in force already/)
  })

  test.each([
    ['echo secret-output; echo secret-output >&2; exit 3', /ends with the exit code 3/],
    ['echo secret-output', /damaged: it must be 32 octets/],
    ['true', /there is nothing in it/],
    ['yes secret-output', /prints far more than a key/],
    ['no-such-command-here', /ends with the exit code 127/],
  ])('its command is told by what went wrong, never by what it printed: %s', async (command, sentence) => {
    const refused = await openVault(db, { dataDir, command }).catch(error => error)
    expect(refused).toBeInstanceOf(VaultError)
    expect(refused.message).toMatch(sentence)
    expect(refused.message).not.toContain('secret-output')
  })

  test('that does not exist is named', async () => {
    await expect(openVault(db, { dataDir, file: keyFile() })).rejects.toThrow(
      `The master key in ${keyFile()} cannot be read: there is no such file.`,
    )
  })
})
