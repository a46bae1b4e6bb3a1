import { createHmac, timingSafeEqual } from 'node:crypto'
import { RspError } from '@/lib/rsp/status'
import type { Ci, Credential } from '../credentials'
import type { Es9Context } from './context'

/** An RSP session lasts one hour. */
export const sessionMs = 3_600_000
/** Clocks of two instances may differ by this much. */
const skewMs = 60_000

/** What a transactionId says by itself: nothing is kept before the eUICC has proved itself. */
export interface OpenTransaction {
  transactionId: Buffer
  startedAt: Date
  ci: Ci
  auth: Credential
}

/** Sixteen octets: seconds (4), number of the CI (2), number of CERT.DPauth (2), chance (8). */
export function makeTransactionId(ctx: Pick<Es9Context, 'clock' | 'random'>, ci: number, auth: number): Buffer {
  const id = Buffer.alloc(16)
  id.writeUInt32BE(Math.floor(ctx.clock().getTime() / 1000), 0)
  id.writeUInt16BE(ci, 4)
  id.writeUInt16BE(auth, 6)
  ctx.random(8).copy(id, 8)
  return id
}

/** @throws RspError transactionUnknown when it is none of ours or over an hour old */
export function readTransactionId(ctx: Pick<Es9Context, 'clock' | 'credentials'>, hex: string): OpenTransaction {
  const transactionId = Buffer.from(hex, 'hex')
  if (transactionId.length !== 16) throw new RspError('transactionUnknown')
  const startedAt = new Date(transactionId.readUInt32BE(0) * 1000)
  const age = ctx.clock().getTime() - startedAt.getTime()
  const ci = ctx.credentials.ciByNumber.get(transactionId.readUInt16BE(4))
  const auth = ctx.credentials.byNumber.get(transactionId.readUInt16BE(6))
  if (!ci || !auth || age < -skewMs || age > sessionMs) throw new RspError('transactionUnknown')
  return { transactionId, startedAt, ci, auth }
}

/** The serverChallenge of a transaction: nobody without the key can know it before the server has sent it. */
export const serverChallenge = (key: Buffer, transactionId: Buffer): Buffer =>
  createHmac('sha256', key).update(transactionId).digest().subarray(0, 16)

export const isServerChallenge = (key: Buffer, transactionId: Buffer, challenge: Buffer): boolean =>
  challenge.length === 16 && timingSafeEqual(serverChallenge(key, transactionId), challenge)
