import { randomBytes } from 'node:crypto'
import { one, type Queryable } from '@/lib/db/pool'
import type { Vault } from './vault'

/** Secrets that all instances of a deployment share. */
export type DeploymentSecretName = 'server-challenge' | 'sign-in-cookies' | 'customer-links' | 'audit-head' | 'es2-calls' | 'api-calls'

/** Reads a secret of 32 octets, making it at the first call. */
export async function deploymentSecret(db: Queryable, vault: Vault, name: DeploymentSecretName): Promise<Buffer> {
  const identity = `deployment_secret:${name}`
  await db.query({
    text: 'INSERT INTO deployment_secret (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    values: [name, vault.seal(randomBytes(32), identity)],
  })
  const row = await one<{ sealed: Buffer }>(db, { text: 'SELECT sealed FROM deployment_secret WHERE name = $1', values: [name] })
  if (!row) throw new Error(`The secret ${name} cannot be kept.`)
  return vault.open(row.sealed, identity)
}
