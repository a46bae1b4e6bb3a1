import { randomBytes } from 'node:crypto'
import { es9Store } from '@/lib/db/es9-store'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import { answeringWithin, type Database } from '@/lib/db/pool'
import { templateOf } from '@/lib/inventory/templates'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'
import { createCredentialStore, setCredentials } from '../credentials'
import { smdpAddresses } from './addresses'
import type { Es9Context } from './context'
import { boundedSessionMemory } from './session-memory'
import { strangers } from './strangers'

export interface SmdpSettings {
  db: Database
  vault: Vault
  /** As configured, with its port if it has one */
  smdpAddress: string
  smdpAliases: string[]
  clock?: () => Date
}

/** LPAs wait for 30 seconds or so. */
const answerWithinMs = 10_000

/** Makes the context of a deployment: read once what does not change, look at certificates with every call, and once at the clock: a request has the time at which it came. */
export async function createEs9Context(settings: SmdpSettings): Promise<() => Promise<Es9Context>> {
  const { vault, smdpAddress, smdpAliases, clock = () => new Date() } = settings
  const db = answeringWithin(settings.db, answerWithinMs)
  const store = createCredentialStore(db, vault, clock)
  setCredentials(store)
  const fixed = {
    store: es9Store(db),
    sessions: boundedSessionMemory(),
    vault,
    templateOf: (templateId: string) => templateOf(db, vault, templateId),
    random: (bytes: number) => randomBytes(bytes),
    challengeKey: await deploymentSecret(db, vault, 'server-challenge'),
    addresses: smdpAddresses(smdpAddress, smdpAliases),
    strangers: strangers(),
  }
  return async () => {
    const credentials = await store.current()
    const now = clock()
    return { ...fixed, credentials, clock: () => now }
  }
}

/** Gives this process its SM-DP+; undefined takes it away. */
export async function startSmdp(settings: SmdpSettings): Promise<void> {
  setPerProcess('es9', await createEs9Context(settings))
}

/** The process's context. */
export const es9Context = (): Promise<Es9Context> =>
  perProcess<() => Promise<Es9Context>>('es9', () => {
    throw new Error('The SM-DP+ is not started yet.')
  })()
