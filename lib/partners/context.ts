import type { Actor } from '@/lib/accounts/actor'
import type { Vault } from '@/lib/vault/vault'

/** What a verb on partners works with. */
export interface PartnerContext {
  actor: Actor
  now: Date
  vault: Vault
}
