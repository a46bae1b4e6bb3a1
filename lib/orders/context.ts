import type { Actor } from '@/lib/accounts/actor'
import type { Vault } from '@/lib/vault/vault'

/** What the address of a customer's page is made of. */
export interface LinkSettings {
  /** The deployment's secret `customer-links`, see `customerLinkKey` */
  key: Buffer
  /** Origin under which customers open their pages, without a slash at its end */
  baseUrl: string
}

/** A partner who orders for itself: by ES2+, within what it may use. */
export interface OrderingPartner {
  id: string
  allTypes: boolean
  typeIds: readonly string[]
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
  /** Orders are its own from here on, and nothing of others is touched. Left out: staff, who may use all of them. */
  partner?: OrderingPartner | undefined
}
