import { createHash, randomBytes } from 'node:crypto'
import { redeemRecoveryCode, replaceRecoveryCodes } from '@/lib/db/factor-rows'
import type { Queryable } from '@/lib/db/pool'

export const recoveryCodeCount = 10

/** Crockford's base 32: no letter that looks like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const codeLength = 16

/** 80 bits, so that their bare SHA-256 may be kept. */
const newCode = (): string => [...randomBytes(codeLength)].map(byte => alphabet[byte & 31]).join('')

/** What was typed as it was printed: without gaps, look-alikes put right. */
const normal = (typed: string): string => typed.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1')

const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest()

/** Makes new recovery codes; earlier ones are over. They can be shown now and never again. */
export async function makeRecoveryCodes(db: Queryable, accountId: string, now: Date): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newCode)
  await replaceRecoveryCodes(db, accountId, codes.map(hashOf), now)
  return codes.map(code => code.replace(/(.{4})(?=.)/g, '$1-'))
}

/** Uses a recovery code up; false when it is none of the account's, or was used. */
export async function takeRecoveryCode(db: Queryable, accountId: string, typed: string, now: Date): Promise<boolean> {
  const code = normal(typed)
  return code.length === codeLength && redeemRecoveryCode(db, accountId, hashOf(code), now)
}
