import { storableJson } from '@/lib/db/profile-events'
import type { StatusName } from '@/lib/rsp/status'
import { one, type Queryable, type Transaction } from '../pool'

/** What makes a call of a partner the same as one before. */
export interface CallKey {
  partnerId: string
  functionCallIdentifier: string
  /** HMAC-SHA-256 of function and body; chance where the call shall not be recognised again */
  content: Buffer
}

export interface BegunCall {
  function: string
  /** Without confirmationCode */
  request: object
  /** Null: not known yet */
  iccid: string | null
  address: string | null
  at: Date
}

export interface AnsweredCall extends BegunCall {
  response: object
  /** Null: executed */
  status: StatusName | null
  durationUs: number
}

/**
 * Begins a call: its row stands for it until the transaction ends, so that of two at once the second waits for the first.
 * @returns the row's id; undefined when the same call was answered before
 */
export async function beginCall(
  tx: Transaction,
  { partnerId, functionCallIdentifier, content }: CallKey,
  call: BegunCall,
): Promise<string | undefined> {
  const row = await one<{ id: string }>(tx, {
    name: 'es2-call-begin',
    text: `INSERT INTO es2_call (partner_id, function_call_identifier, content, function, request, response, iccid, address, at)
      VALUES ($1, $2, $3, $4, $5, '{}', $6, $7, $8)
      ON CONFLICT (partner_id, function_call_identifier, content) DO NOTHING RETURNING id::text AS id`,
    values: [partnerId, functionCallIdentifier, content, call.function, storableJson(call.request), call.iccid, call.address, call.at],
  })
  return row?.id
}

/** Writes the answer of a call that was begun and executed, in the same transaction; what was known then is not written again. */
export async function finishCall(
  tx: Transaction,
  id: string,
  { response, iccid, durationUs }: Pick<AnsweredCall, 'response' | 'iccid' | 'durationUs'>,
): Promise<void> {
  await tx.query({
    name: 'es2-call-finish',
    text: 'UPDATE es2_call SET response = $2, iccid = $3, duration_us = $4 WHERE id = $1::bigint',
    values: [id, storableJson(response), iccid, durationUs],
  })
}

/** Keeps a call as it was answered. @returns false when the same call was answered before: then that answer counts */
export async function keepCall(db: Queryable, key: CallKey, call: AnsweredCall): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'es2-call-keep',
    text: `INSERT INTO es2_call (partner_id, function_call_identifier, content, function, request, response, status, iccid, address, at, duration_us)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (partner_id, function_call_identifier, content) DO NOTHING`,
    values: [
      key.partnerId,
      key.functionCallIdentifier,
      key.content,
      call.function,
      storableJson(call.request),
      storableJson(call.response),
      call.status,
      call.iccid,
      call.address,
      call.at,
      call.durationUs,
    ],
  })
  return rowCount === 1
}

/** The answer that a call got before; it is counted as sent again. */
export async function answerFromBefore(db: Queryable, key: CallKey, at: Date): Promise<object | undefined> {
  const row = await one<{ response: object }>(db, {
    name: 'es2-call-again',
    text: `UPDATE es2_call SET resent = resent + 1, last_resent_at = $4
      WHERE partner_id = $1 AND function_call_identifier = $2 AND content = $3 RETURNING response`,
    values: [key.partnerId, key.functionCallIdentifier, key.content, at],
  })
  return row?.response
}
