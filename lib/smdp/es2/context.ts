import type { Database } from '@/lib/db/pool'
import type { LinkSettings, OrderContext } from '@/lib/orders/context'
import type { Vault } from '@/lib/vault/vault'
import type { EventRegistrar } from '../es12/registrar'
import type { Turns } from './turns'

/** What the functions of ES2+ work with. */
export interface Es2Context {
  db: Database
  vault: Vault
  /** By which a call that is sent again is recognised; shared by all instances */
  callKey: Buffer
  /** Goes into activation codes */
  smdpAddress: string
  links: LinkSettings
  /** Left out: orders with an smdsAddress are answered that it is inaccessible */
  registrar?: EventRegistrar | undefined
  /** Of calls that keep a transaction open while an SM-DS is asked */
  smdsTurns: Turns
  clock: () => Date
  random: (bytes: number) => Buffer
}

/** The same for one call of one partner. */
export interface Es2Call {
  orders: OrderContext
  registrar: EventRegistrar | undefined
  functionCallIdentifier: string
}

/** What a function has done. */
export interface Executed {
  /** Of the profile that it was done to, without padding */
  iccid: string
  /** Of the answer, beside its header */
  members: Record<string, string>
}
