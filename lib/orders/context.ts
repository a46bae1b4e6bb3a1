import type { Actor } from '@/lib/accounts/actor'
import type { Vault } from '@/lib/vault/vault'

/** What a verb on orders works with. */
export interface OrderContext {
  actor: Actor
  now: Date
  random: (bytes: number) => Buffer
  vault: Vault
  /** Goes into activation codes */
  smdpAddress: string
}
