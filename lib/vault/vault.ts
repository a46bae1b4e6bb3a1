import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import type { Queryable } from '@/lib/db/pool'

/**
 * Secrets at rest: AES-256-GCM under data keys, which the database keeps wrapped by the master key
 * of the data folder. `identity` names the row that a secret belongs to (`profile_package:8900…`) and
 * is authenticated with it, so that a ciphertext moved to another row does not open.
 */
export interface Vault {
  seal(plaintext: Uint8Array, identity: string): Buffer
  /** @throws VaultError when the ciphertext was changed, moved, or its key is not known */
  open(sealed: Uint8Array, identity: string): Buffer
}

/** A ciphertext that does not open, or a master key that does not fit the database. */
export class VaultError extends Error {
  override name = 'VaultError'
}

const format = 1
const ivBytes = 12
const tagBytes = 16

function encrypt(key: Buffer, plaintext: Uint8Array, aad: string, header: Buffer): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.concat([header, Buffer.from(aad)]))
  return Buffer.concat([header, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, aad: string, headerBytes: number): Buffer {
  const header = sealed.subarray(0, headerBytes)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headerBytes, headerBytes + ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.concat([header, Buffer.from(aad)]))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(headerBytes + ivBytes, sealed.length - tagBytes)), decipher.final()])
}

/** Seals with the newest of `dataKeys` (by number); opens with any of them. */
export function createVault(dataKeys: Map<number, Buffer>): Vault {
  const newest = Math.max(...dataKeys.keys())
  const current = dataKeys.get(newest)
  if (!current) throw new VaultError('The vault has no data key.')
  const header = Buffer.alloc(5)
  header[0] = format
  header.writeUInt32BE(newest, 1)
  return {
    seal: (plaintext, identity) => encrypt(current, plaintext, identity, header),
    open: (bytes, identity) => {
      const sealed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const key = sealed[0] === format && sealed.length >= 5 + ivBytes + tagBytes ? dataKeys.get(sealed.readUInt32BE(1)) : undefined
      if (!key) throw new VaultError('A secret was sealed with a key that this vault does not have.')
      try {
        return decrypt(key, sealed, identity, 5)
      } catch {
        throw new VaultError('A secret does not open: it was changed or belongs to another row.')
      }
    },
  }
}

/** Reads the master key of the data folder, making it (0600) on the first start; of two that make it at once, one wins. */
export async function masterKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, 'master.key')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const read = async () => Buffer.from((await readFile(path, 'utf8')).trim(), 'base64')
  let key = await read().catch(() => undefined)
  if (!key) {
    await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
    await link(draft, path).catch(error => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(draft)
    key = await read()
  }
  await chmod(path, 0o600)
  if (key.length !== 32) throw new VaultError(`The master key in ${path} is damaged: it must be 32 octets in base64.`)
  return key
}

const wrapIdentity = 'data_key'

/**
 * Opens the vault of a database, making its first data key when there is none.
 * @throws VaultError when the master key is not the one that the database was made with
 */
export async function openVault(db: Queryable, dataDir: string): Promise<Vault> {
  const master = await masterKey(dataDir)
  const load = async () => (await db.query<{ id: number; wrapped: Buffer }>({ text: 'SELECT id, wrapped FROM data_key ORDER BY id' })).rows
  let rows = await load()
  if (rows.length === 0) {
    const wrapped = encrypt(master, randomBytes(32), wrapIdentity, Buffer.of(format))
    await db.query({ text: 'INSERT INTO data_key (id, wrapped) VALUES (1, $1) ON CONFLICT DO NOTHING', values: [wrapped] })
    await db.query({ text: `SELECT setval(pg_get_serial_sequence('data_key', 'id'), (SELECT max(id) FROM data_key))` })
    rows = await load()
  }
  const keys = new Map<number, Buffer>()
  for (const row of rows) {
    try {
      keys.set(row.id, decrypt(master, row.wrapped, wrapIdentity, 1))
    } catch {
      throw new VaultError(
        'The master key in the data folder is not the one that this database was made with. Restore master.key from its backup.',
      )
    }
  }
  return createVault(keys)
}

/** The process's vault, put there by `setVault` at start. */
export const vault = (): Vault =>
  perProcess<Vault>('vault', () => {
    throw new VaultError('The vault is not open yet.')
  })

export const setVault = (opened: Vault | undefined): void => setPerProcess('vault', opened)
