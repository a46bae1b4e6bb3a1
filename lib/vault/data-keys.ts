import { randomBytes } from 'node:crypto'
import { insertDataKey, nextDataKeyId, removeDataKey } from '@/lib/db/data-key-rows'
import type { Queryable } from '@/lib/db/pool'
import { keyBytes, VaultError } from './cipher'
import type { Vault } from './vault'
import { wrappedHeader } from './wrapped-key'

const attempts = 10

/**
 * Makes a data key for a batch: known to this vault at once, to the vaults of other processes when they `load` what it seals, once `db` has
 * committed.
 * @param db the pool, or the transaction that makes the batch; a change of the master key waits for it, and it for one under way
 * @returns its number, for `seal`
 * @throws VaultError when the master key was changed and the new one is not to be had here
 */
export async function newDataKey(db: Queryable, vault: Vault): Promise<number> {
  const { keyring } = vault
  for (let attempt = 0; attempt < attempts; attempt++) {
    let id = await nextDataKeyId(db)
    while (keyring.has(id)) id = await nextDataKeyId(db)
    const key = { id, kind: 'batch', key: randomBytes(keyBytes) } as const
    const { row, witness } = keyring.wrap(key)
    if (await insertDataKey(db, row, witness)) {
      keyring.hold(key)
      return id
    }
    await keyring.refresh(db)
  }
  throw new VaultError('The master key is being changed again and again. Try again in a minute.')
}

/**
 * Deletes a batch's data key: whatever it sealed does not open any more, wherever a copy of it may lie, as long as there is no copy of the key
 * (a backup of the database and the master key of its time). The deployment's own keys are not deleted.
 */
export async function deleteDataKey(db: Queryable, vault: Vault, dataKeyId: number): Promise<void> {
  if (await removeDataKey(db, dataKeyId, wrappedHeader('batch'))) vault.keyring.forget(dataKeyId)
}
