import type { Es9Store } from '@/lib/db/es9-store'
import type { PreparedTemplate } from '@/lib/rsp/saip/prepare-template'
import type { Vault } from '@/lib/vault/vault'
import type { CredentialSnapshot } from '../credentials'
import type { Addresses } from './addresses'
import type { SessionMemory } from './session-memory'
import type { Strangers } from './strangers'

/** What the five functions work with; a trial run in memory passes its own. */
export interface Es9Context {
  store: Es9Store
  /** What need not be read, because this process wrote it */
  sessions: SessionMemory
  vault: Vault
  /** The template, by its id, of which packages are made */
  templateOf: (templateId: string) => Promise<PreparedTemplate>
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
