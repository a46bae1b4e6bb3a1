import { perProcess } from '@/lib/db/per-process'
import type { Queryable } from '@/lib/db/pool'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'

/** The deployment's secret from which the tokens in customers' links are derived; read once per vault. */
export async function customerLinkKey(db: Queryable, vault: Vault): Promise<Buffer> {
  const keys = perProcess('customer-link-keys', () => new WeakMap<Vault, Buffer>())
  const known = keys.get(vault)
  if (known) return known
  const key = await deploymentSecret(db, vault, 'customer-links')
  keys.set(vault, key)
  return key
}
