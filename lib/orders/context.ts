import type { Actor } from '@/lib/accounts/actor'
import type { Vault } from '@/lib/vault/vault'

/** What the address of a customer's page is made of. */
export interface LinkSettings {
  /** The deployment's secret `customer-links`, see `customerLinkKey` */
  key: Buffer
  /** Origin under which customers open their pages, without a slash at its end */
  baseUrl: string
}

/** What a verb on orders works with; `orderContext` fills it in. */
export interface OrderContext {
  actor: Actor
  now: Date
  random: (bytes: number) => Buffer
  vault: Vault
  /** Goes into activation codes */
  smdpAddress: string
  links: LinkSettings
}
