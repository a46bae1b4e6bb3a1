import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createMessage, encrypt, readKey } from 'openpgp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { createVault } from '@/lib/vault/vault'
import { decryptPgp } from './formats/pgp'
import { listPgpKeys, makePortalPgpKey, pgpPrivateKeys, retirePgpKey } from './pgp-keys'

let test1: TestDatabase
let db: Database
const vault = createVault(new Map([[1, randomBytes(32)]]))
const anna: Actor = { kind: 'account', name: 'anna@example.com', role: 'operator' }
const ctx = { actor: anna, vault }
beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 4 })
})
afterAll(async () => {
  await db.close()
  await test1.close()
})

async function encryptedTo(armoredKey: string, text: string): Promise<Buffer> {
  const encryptionKeys = await readKey({ armoredKey })
  const message = await createMessage({ text })
  return Buffer.from((await encrypt({ message, encryptionKeys, format: 'binary' })) as Uint8Array)
}

async function decrypted(message: Buffer): Promise<string> {
  const privateKey = (await pgpPrivateKeys(db, vault)) ?? ''
  const pieces: Buffer[] = []
  for await (const piece of decryptPgp(Readable.from([message]), { privateKey, armoured: false })) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

describe('the portal’s PGP key', () => {
  test('is shown by its public half, and lies sealed in the database', async () => {
    expect(await pgpPrivateKeys(db, vault)).toBeUndefined()
    const fingerprint = await makePortalPgpKey(db, ctx, 'Slipway portal.example.com')
    const [key] = await listPgpKeys(db, anna)
    expect(key).toMatchObject({ fingerprint, createdBy: anna.name, retiredAt: null })
    expect(key?.publicKey).toContain('BEGIN PGP PUBLIC KEY BLOCK')
    const { rows } = await db.query({ text: 'SELECT t::text AS row FROM pgp_key t' })
    expect(JSON.stringify(rows)).not.toMatch(/PRIVATE/)
    expect(await decrypted(await encryptedTo(key?.publicKey ?? '', 'rows'))).toBe('rows')
  })

  test('is followed by a new one; files to the one before are read all the same', async () => {
    const [before] = await listPgpKeys(db, anna)
    await makePortalPgpKey(db, ctx, 'Slipway portal.example.com')
    const [now, old] = await listPgpKeys(db, anna)
    expect(old).toMatchObject({ fingerprint: before?.fingerprint, retiredAt: expect.any(Date) })
    for (const key of [now, old]) expect(await decrypted(await encryptedTo(key?.publicKey ?? '', 'rows'))).toBe('rows')
  })

  test('is taken out of use, once', async () => {
    const [{ fingerprint } = { fingerprint: '' }] = await listPgpKeys(db, anna)
    await retirePgpKey(db, ctx, fingerprint)
    expect((await listPgpKeys(db, anna)).every(({ retiredAt }) => retiredAt)).toBe(true)
    await expect(retirePgpKey(db, ctx, fingerprint)).rejects.toThrow('not in use any more')
  })
})
