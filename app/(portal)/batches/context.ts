import type { Actor } from '@/lib/accounts/actor'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import type { BatchContext, Preflight } from '@/lib/inventory/batches/context'
import { batchPreflight } from '@/lib/smdp/preflight/batch-preflight'
import { vault } from '@/lib/vault/vault'

/** What the verbs of batches need beside the database, for somebody who acts now. */
export const batchContext = (actor: Actor): BatchContext & { preflight: Preflight } => ({
  actor,
  now: new Date(),
  vault: vault(),
  dataDir: env().dataDir,
  preflight: batchPreflight(database()),
})
