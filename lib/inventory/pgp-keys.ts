import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { endPgpKeys, insertPgpKey, type PgpKeyRow, readPgpKeys, readSealedPgpKeys } from '@/lib/db/pgp-key-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'

const identityOf = (fingerprint: string) => `pgp_key:${fingerprint}`

/**
 * Makes a PGP key for vendors to encrypt files to. The one before is retired: files to it are read all the same.
 * @param name what the key is called: the portal's name
 * @returns its fingerprint
 * @throws NotAllowed
 */
export async function makePortalPgpKey(db: Database, { actor, vault }: { actor: Actor; vault: Vault }, name: string): Promise<string> {
  requireMay(actor, 'transport:write')
  const { makePgpKey } = await import('./formats/pgp')
  const { fingerprint, publicKeyArmored: publicKey, privateKeyArmored } = await makePgpKey(name)
  await transaction(db, async tx => {
    const sealed = vault.seal(Buffer.from(privateKeyArmored), identityOf(fingerprint))
    await insertPgpKey(tx, { fingerprint, publicKey, sealed, createdBy: actor.name })
    await endPgpKeys(tx, { but: fingerprint })
    await audit(tx, actor, 'transport:write', { target: `PGP key ${fingerprint}`, detail: { made: true } })
  })
  return fingerprint
}

/** Takes the key out of use: it is not shown to vendors any more. @throws FormError, NotAllowed */
export function retirePgpKey(db: Database, { actor }: { actor: Actor }, fingerprint: string): Promise<void> {
  requireMay(actor, 'transport:write')
  return transaction(db, async tx => {
    if (!(await endPgpKeys(tx, { only: fingerprint }))) throw new FormError('This PGP key is not in use any more.')
    await audit(tx, actor, 'transport:write', { target: `PGP key ${fingerprint}`, detail: { retired: true } })
  })
}

/** All keys without their secret halves, the one in use first. @throws NotAllowed */
export function listPgpKeys(db: Queryable, actor: Actor): Promise<PgpKeyRow[]> {
  requireMay(actor, 'transport:read')
  return readPgpKeys(db)
}

/** The private halves, armoured as one, for reading a file: of the key in use and of those before it. Undefined when there never was one. */
export async function pgpPrivateKeys(db: Queryable, vault: Vault): Promise<string | undefined> {
  const rows = await readSealedPgpKeys(db)
  if (rows.length === 0) return undefined
  for (const { sealed } of rows) await vault.load(sealed)
  const { armourTogether } = await import('./formats/pgp')
  return armourTogether(rows.map(({ fingerprint, sealed }) => vault.open(sealed, identityOf(fingerprint)).toString('utf8')))
}
