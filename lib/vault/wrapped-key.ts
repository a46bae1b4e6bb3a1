import { createHmac } from 'node:crypto'
import type { DataKeyRow } from '@/lib/db/data-key-rows'
import { decrypt, encrypt } from './cipher'

/** The deployment's own, for what lasts; a batch's, which goes with the batch. */
export type DataKeyKind = 'deployment' | 'batch'

export interface DataKey {
  id: number
  kind: DataKeyKind
  key: Buffer
}

/** Format 1 had no kinds: what it wraps is the deployment's. */
const unkinded = 1
const headers = { deployment: Buffer.of(2, 1), batch: Buffer.of(2, 2) } as const

/** The first octets of a wrapped data key of a kind. */
export const wrappedHeader = (kind: DataKeyKind): Buffer => headers[kind]

export const wrapKey = (master: Buffer, { id, kind, key }: DataKey): DataKeyRow => ({
  id,
  wrapped: encrypt(master, key, `data_key:${id}`, headers[kind]),
})

/** Undefined when the master key is another one. */
export function unwrapKey(master: Buffer, { id, wrapped }: DataKeyRow): DataKey | undefined {
  const kind = wrapped[0] === unkinded || wrapped[1] === headers.deployment[1] ? 'deployment' : 'batch'
  try {
    const key = wrapped[0] === unkinded ? decrypt(master, wrapped, 'data_key', 1) : decrypt(master, wrapped, `data_key:${id}`, 2)
    return { id, kind, key }
  } catch {
    return undefined
  }
}

/** By which people tell master keys apart: 16 hexadecimal digits that say nothing of the key. */
export const masterKeyId = (master: Buffer): string =>
  createHmac('sha256', master).update('slipway master key').digest('hex').slice(0, 16).toUpperCase()
