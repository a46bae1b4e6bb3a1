import type { Actor } from '@/lib/accounts/actor'
import { type BatchRecord, lockBatch, readBatch } from '@/lib/db/batches/batch-rows'
import type { Queryable, Transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import type { PreflightResult } from '../doctor/findings'

export interface BatchContext {
  actor: Actor
  now: Date
  vault: Vault
  dataDir: string
}

/** Binds a package for a virtual phone and installs it, in memory. */
export type Preflight = (sample: { package: Buffer; typeId: string; iccid: string }) => Promise<PreflightResult>

/** What checking a batch needs beside it. */
export interface CheckContext extends Pick<BatchContext, 'vault' | 'dataDir'> {
  /** None: the report says that no sample was installed. */
  preflight?: Preflight
  /** How many rows are committed at once, 16,000 when left out */
  chunkRows?: number
}

export const unknownBatch = (id: string): FormError => new FormError(`There is no batch ${id.slice(0, 20)}.`)

/** @throws FormError */
export async function requireBatch(db: Queryable, id: string): Promise<BatchRecord> {
  const batch = await readBatch(db, id)
  if (!batch) throw unknownBatch(id)
  return batch
}

/** The same, held until the transaction ends. @throws FormError */
export async function holdBatch(tx: Transaction, id: string): Promise<BatchRecord> {
  const batch = await lockBatch(tx, id)
  if (!batch) throw unknownBatch(id)
  return batch
}

/** What the audit calls a batch. */
export const auditTarget = (id: string): string => `batch ${id}`
