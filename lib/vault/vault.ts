import { randomBytes } from 'node:crypto'
import { type DataKeyRow, insertFirstDataKey, readDataKey, readDataKeys, type Witness } from '@/lib/db/data-key-rows'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import type { Queryable } from '@/lib/db/pool'
import { dataKeyIdOf, decrypt, encrypt, keyBytes, sealedHeader, sealedHeaderBytes, VaultError } from './cipher'
import { candidateKeys, firstKey, isOutside, type MasterKeySettings, putInPlace, sourceName } from './master-key'
import { type DataKey, masterKeyId, unwrapKey, wrapKey } from './wrapped-key'

export { VaultError } from './cipher'

/**
 * Secrets at rest: AES-256-GCM under data keys, which the database keeps wrapped by the master key. `identity` names the row that a secret
 * belongs to (`profile_package:8900…`) and is authenticated with it, so that a ciphertext moved to another row does not open.
 */
export interface Vault {
  /**
   * @param dataKeyId a batch's key (`newDataKey`); the deployment's when left out
   * @throws VaultError when this vault does not hold that key: `loadKey` fetches it
   */
  seal(plaintext: Uint8Array, identity: string, dataKeyId?: number): Buffer
  /** @throws VaultError when the ciphertext was changed, moved, or its key is not held: `load` fetches it */
  open(sealed: Uint8Array, identity: string): Buffer
  /** Fetches the data key of a secret that another process may have sealed; at once when it is held. @throws VaultError when it was deleted */
  load(sealed: Uint8Array): Promise<void>
  /** The same by the key's number. @throws VaultError */
  loadKey(dataKeyId: number): Promise<void>
  /** For those who make and delete data keys. */
  readonly keyring: Keyring
}

/** The data keys in this process's memory, and the master key to wrap more. */
export interface Keyring {
  has(dataKeyId: number): boolean
  hold(key: DataKey): void
  /** Overwrites it in memory. */
  forget(dataKeyId: number): void
  /** Wraps by the master key in force as far as this process knows; the witness says whether it still is. */
  wrap(key: DataKey): { row: DataKeyRow; witness: Witness | undefined }
  /** Names the master key in force as far as this process knows, for people to compare. */
  masterKeyId(): string
  /** Reads all data keys again, and the master key if it has been changed. @throws VaultError */
  refresh(db: Queryable): Promise<void>
}

interface Wrapping {
  master: Buffer
  witness: Witness | undefined
}

/** Where the keys that a vault does not hold come from. */
interface KeySource {
  wrapping: Wrapping
  fetch(dataKeyId: number, held: Keyring): Promise<void>
  refresh(db: Queryable, held: Keyring): Promise<void>
}

const unknownKey = () => new VaultError('A secret was sealed with a key that this vault does not have.')

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function vaultOf(dataKeys: readonly DataKey[], source: KeySource): Vault {
  const keys = new Map<number, DataKey & { header: Buffer }>()
  let current: number | undefined
  const keyring: Keyring = {
    has: id => keys.has(id),
    hold: key => {
      if (keys.has(key.id)) return
      keys.set(key.id, { ...key, header: sealedHeader(key.id) })
      if (key.kind === 'deployment' && key.id > (current ?? 0)) current = key.id
    },
    forget: id => {
      keys.get(id)?.key.fill(0)
      keys.delete(id)
    },
    wrap: key => ({ row: wrapKey(source.wrapping.master, key), witness: source.wrapping.witness }),
    masterKeyId: () => masterKeyId(source.wrapping.master),
    refresh: db => source.refresh(db, keyring),
  }
  for (const key of dataKeys) keyring.hold(key)
  if (current === undefined) throw new VaultError('The vault has no data key.')

  const loadKey = async (id: number) => {
    if (!keys.has(id)) await source.fetch(id, keyring)
  }
  return {
    keyring,
    loadKey,
    seal: (plaintext, identity, dataKeyId = current) => {
      const found = dataKeyId === undefined ? undefined : keys.get(dataKeyId)
      if (!found) throw new VaultError(`The data key ${dataKeyId} is not held: it was deleted, or not loaded.`)
      return encrypt(found.key, plaintext, identity, found.header)
    },
    open: (bytes, identity) => {
      const sealed = bufferOf(bytes)
      const id = dataKeyIdOf(sealed)
      const found = id === undefined ? undefined : keys.get(id)
      if (!found) throw unknownKey()
      try {
        return decrypt(found.key, sealed, identity, sealedHeaderBytes)
      } catch {
        throw new VaultError(`The secret ${identity} does not open: it was changed, or belongs to another row.`)
      }
    },
    load: async bytes => {
      const id = dataKeyIdOf(bufferOf(bytes))
      if (id === undefined) throw unknownKey()
      await loadKey(id)
    },
  }
}

/** A vault of its own keys, without a database behind it: seals with the newest of `dataKeys` (by number), opens with any of them. */
export function createVault(dataKeys: Map<number, Buffer>): Vault {
  const all = [...dataKeys].map(([id, key]): DataKey => ({ id, kind: 'deployment', key }))
  return vaultOf(all, {
    wrapping: { master: randomBytes(keyBytes), witness: undefined },
    fetch: async () => {
      throw unknownKey()
    },
    refresh: async () => undefined,
  })
}

/** Tries master keys on the first data key. @throws VaultError when none fits */
function masterOf(candidates: readonly Buffer[], first: DataKeyRow, settings: MasterKeySettings): Buffer {
  const master = candidates.find(candidate => unwrapKey(candidate, first))
  if (master) return master
  throw new VaultError(
    isOutside(settings)
      ? `The master key of ${sourceName(settings)} is not the one that this database was made with. Let it give the right key; during a change it may give both, one a line.`
      : 'The master key in the data folder is not the one that this database was made with. Restore master.key from its backup.',
  )
}

/** @throws VaultError when one of the keys does not open */
function unwrapAll(master: Buffer, rows: readonly DataKeyRow[]): DataKey[] {
  return rows.map(row => {
    const key = unwrapKey(master, row)
    if (!key) throw new VaultError(`The data key ${row.id} in the database was changed: the master key does not open it.`)
    return key
  })
}

function sourceOf(db: Queryable, settings: MasterKeySettings, wrapping: Wrapping): KeySource {
  let refreshing: Promise<void> | undefined
  const reread = async (through: Queryable, held: Keyring) => {
    const rows = await readDataKeys(through)
    const [first] = rows
    if (!first) throw new VaultError('The database has lost its data keys.')
    const same = unwrapKey(wrapping.master, first)
    if (!same) wrapping.master = masterOf(await candidateKeys(settings), first, settings)
    wrapping.witness = first
    for (const key of unwrapAll(wrapping.master, rows)) held.hold(key)
  }
  const refresh = (through: Queryable, held: Keyring) => {
    refreshing ??= reread(through, held).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }
  return {
    wrapping,
    refresh,
    fetch: async (id, held) => {
      const row = await readDataKey(db, id)
      if (!row) throw new VaultError('The key of this secret was deleted, and the secret with it.')
      const key = unwrapKey(wrapping.master, row)
      if (key) return held.hold(key)
      await refresh(db, held)
      if (!held.has(id)) throw unknownKey()
    },
  }
}

/**
 * Opens the vault of a database, making its first data key when there is none. It stays good when the master key is changed: keys that it does
 * not hold yet are opened with the new one, read from where `settings` say.
 * @param settings the data folder alone, or where else the master key comes from
 * @throws VaultError when the master key is not the one that the database was made with
 */
export async function openVault(db: Queryable, settings: string | MasterKeySettings): Promise<Vault> {
  const where = typeof settings === 'string' ? { dataDir: settings } : settings
  let rows = await readDataKeys(db)
  if (rows.length === 0) {
    const key = { id: 1, kind: 'deployment', key: randomBytes(keyBytes) } as const
    await insertFirstDataKey(db, wrapKey(await firstKey(where), key))
    rows = await readDataKeys(db)
  }
  const [first] = rows
  if (!first) throw new VaultError('The database does not keep data keys.')
  const candidates = await candidateKeys(where)
  const master = masterOf(candidates, first, where)
  // A change of the key was interrupted after it had been decided.
  if (!isOutside(where) && !candidates[0]?.equals(master)) await putInPlace(where.dataDir, master)
  return vaultOf(unwrapAll(master, rows), sourceOf(db, where, { master, witness: first }))
}

/** The process's vault, put there by `setVault` at start. */
export const vault = (): Vault =>
  perProcess<Vault>('vault', () => {
    throw new VaultError('The vault is not open yet.')
  })

export const setVault = (opened: Vault | undefined): void => setPerProcess('vault', opened)
