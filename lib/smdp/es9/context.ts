import type { Es9Store } from '@/lib/db/es9-store'
import type { Vault } from '@/lib/vault/vault'
import type { CredentialSnapshot } from '../credentials'
import type { Addresses } from './addresses'
import type { Strangers } from './strangers'

/** What the five functions work with; a trial run in memory passes its own. */
export interface Es9Context {
  store: Es9Store
  vault: Vault
  credentials: CredentialSnapshot
  clock: () => Date
  random: (bytes: number) => Buffer
  /** Key of the server challenge, shared by all instances */
  challengeKey: Buffer
  addresses: Addresses
  /** Refusals before an eUICC has proved itself; kept in memory only */
  strangers: Strangers
  /** Client address, for `strangers` */
  clientAddress?: string | undefined
}
