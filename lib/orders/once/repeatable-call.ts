import { createHmac } from 'node:crypto'
import type { Actor } from '@/lib/accounts/actor'
import { lockOrderIds, orderIdsBetween } from '@/lib/db/order-answers'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'

/** The same name was given to a call with other content: nothing was done. */
export class CallDiffers extends Error {
  override name = 'CallDiffers'
}

/**
 * A call that makes orders once, however often it is sent. The ids of its orders follow from who called, the name that the caller gave the
 * call, and its content: they are all that is remembered of it, for as long as the orders are.
 */
export interface RepeatableCall {
  /** @param index of the order within the call, from 0 */
  orderId(index: number): string
  runId: string
  /** Whether an order was made by a call of this content */
  made(orderId: string): boolean
  /** The lowest and the highest id of orders of this caller and name, whatever the content */
  first: string
  last: string
  /** Random octets that are the same each time. @param purpose what for */
  again(purpose: string, bytes: number): Buffer
}

const runIndex = 0xffffff

/** UUID of version 8: 60 bits for caller and name, 38 for the content, 24 for the place within the call. */
function uuidOf(caller: Buffer, rest: Buffer): string {
  const octets = Buffer.concat([caller.subarray(0, 8), rest.subarray(0, 8)])
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x80
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * @param name what the caller calls this call; unique among its calls
 * @param content all that was asked for, as JSON
 */
export async function repeatableCall(
  { db, vault, actor }: { db: Queryable; vault: Vault; actor: Actor },
  name: string,
  content: unknown,
): Promise<RepeatableCall> {
  const secret = await deploymentSecret(db, vault, 'api-calls')
  const hmac = (purpose: string, ...parts: string[]) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([purpose, ...parts]))
      .digest()
  const caller = hmac('caller', actor.name, name)
  const asked = hmac('content', actor.name, name, JSON.stringify(content)).subarray(0, 5)
  const orderId = (index: number): string => {
    const place = Buffer.alloc(3)
    place.writeUIntBE(index, 0, 3)
    return uuidOf(caller, Buffer.concat([asked, place]))
  }
  const madeSo = orderId(0).slice(0, -6)
  return {
    orderId,
    runId: orderId(runIndex),
    made: id => id.startsWith(madeSo),
    first: uuidOf(caller, Buffer.alloc(8)),
    last: uuidOf(caller, Buffer.alloc(8, 0xff)),
    again: (purpose, bytes) => hmac('again', madeSo, purpose).subarray(0, bytes),
  }
}

/**
 * Makes the orders of a call, or finds those that it made before; of two at once one waits for the other.
 * @param make what makes them; a refusal that it throws is not remembered
 * @param find what answers them again
 * @throws CallDiffers, and what `make` throws
 */
export const makeOnce = <T>(
  db: Database,
  call: RepeatableCall,
  make: (tx: Transaction) => Promise<T>,
  find: (tx: Transaction, orderIds: string[]) => Promise<T>,
): Promise<{ value: T; repeated: boolean }> =>
  transaction(db, async tx => {
    await lockOrderIds(tx, call.first)
    const orderIds = await orderIdsBetween(tx, call.first, call.last)
    if (orderIds.length === 0) return { value: await make(tx), repeated: false }
    if (!orderIds.every(call.made)) throw new CallDiffers('A call of this name was made with other content.')
    return { value: await find(tx, orderIds), repeated: true }
  })
