import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** A confirmation code as a person types it; the octets of the text are what is hashed. */
export const ConfirmationCode = z
  .string()
  .min(1, 'A confirmation code cannot be empty.')
  .max(64, 'A confirmation code has at most 64 characters.')

/** SHA-256 over the octets of the text: all that the server keeps. */
export const hashConfirmationCode = (code: string): Buffer => createHash('sha256').update(code, 'utf8').digest()

/** hashCc = SHA-256(SHA-256(code) ‖ transactionId), SGP.22 §5.7.5. Compared in constant time. */
export function confirmationCodeMatches(codeHash: Buffer, transactionId: Buffer, hashCc: Buffer): boolean {
  const expected = createHash('sha256').update(codeHash).update(transactionId).digest()
  return hashCc.length === expected.length && timingSafeEqual(expected, hashCc)
}
