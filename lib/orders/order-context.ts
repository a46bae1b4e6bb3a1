import { randomBytes } from 'node:crypto'
import type { Actor } from '@/lib/accounts/actor'
import type { Queryable } from '@/lib/db/pool'
import { type Env, env } from '@/lib/env'
import type { Vault } from '@/lib/vault/vault'
import type { OrderContext } from './context'
import { customerLinkKey } from './links/link-key'

interface Parts {
  db: Queryable
  vault: Vault
  actor: Actor
  now: Date
}

/** Fills in what verbs on orders work with, for a person's click, a command or a task in the background. */
export async function orderContext(
  { db, vault, actor, now }: Parts,
  { smdpAddress, customerUrl }: Pick<Env, 'smdpAddress' | 'customerUrl'> = env(),
): Promise<OrderContext> {
  const links = { key: await customerLinkKey(db, vault), baseUrl: customerUrl }
  return { actor, now, random: bytes => randomBytes(bytes), vault, smdpAddress, links }
}
