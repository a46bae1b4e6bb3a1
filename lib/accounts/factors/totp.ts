import { Secret, TOTP } from 'otpauth'
import { readTotp, takeTotpStep } from '@/lib/db/factor-rows'
import type { Queryable } from '@/lib/db/pool'
import { type Vault, VaultError } from '@/lib/vault/vault'

const periodSeconds = 30
/** RFC 4226 §4 R6 wants 128 bits at least and recommends 160. */
const secretBytes = 20

const identityOf = (accountId: string): string => `account_totp:${accountId}`

const totpOf = (secret: Secret, email = ''): TOTP =>
  new TOTP({ issuer: 'Slipway', label: email, secret, algorithm: 'SHA1', digits: 6, period: periodSeconds })

/** Time step of a code (RFC 6238 §4.2), the one before and the one after allowed; undefined when it is wrong. */
function stepOf(secret: Buffer, code: string, now: Date): number | undefined {
  const bytes = new Uint8Array(secret)
  const delta = totpOf(new Secret({ buffer: bytes.buffer })).validate({ token: code, timestamp: now.getTime(), window: 1 })
  return delta === null ? undefined : Math.floor(now.getTime() / 1_000 / periodSeconds) + delta
}

/** A secret that an authenticator app is to take; nothing of it is kept until its first code is right. */
export interface OfferedTotp {
  /** otpauth://, for the QR code */
  uri: string
  /** Base32 in groups of four, for those who type */
  secret: string
  /** The secret once more, sealed for this account: comes back with the first code */
  sealed: string
}

export function offerTotp(vault: Vault, account: { id: string; email: string }): OfferedTotp {
  const secret = new Secret({ size: secretBytes })
  return {
    uri: totpOf(secret, account.email).toString(),
    secret: secret.base32.replace(/(.{4})(?=.)/g, '$1 '),
    sealed: vault.seal(secret.bytes, identityOf(account.id)).toString('base64url'),
  }
}

/** What a person types: six digits, however grouped; undefined when it is something else. */
export const totpCodeOf = (typed: string): string | undefined => {
  const code = typed.replace(/[\s-]/g, '')
  return /^\d{6}$/.test(code) ? code : undefined
}

/** Opens an offered secret with its first code. @returns undefined when the code is wrong or the offer is not this account's */
export async function confirmedTotp(
  vault: Vault,
  accountId: string,
  { sealed, code }: { sealed: string; code: string },
  now: Date,
): Promise<{ sealed: Buffer; step: number } | undefined> {
  const typed = totpCodeOf(code)
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    await vault.load(bytes)
    const step = typed && stepOf(vault.open(bytes, identityOf(accountId)), typed, now)
    return step ? { sealed: bytes, step } : undefined
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

/** Checks a code against the account's secret and takes its time step, so that no code is taken twice. */
export async function takeTotp(db: Queryable, vault: Vault, accountId: string, typed: string, now: Date): Promise<boolean> {
  const code = totpCodeOf(typed)
  const row = code ? await readTotp(db, accountId) : undefined
  if (!code || !row) return false
  await vault.load(row.sealed)
  const step = stepOf(vault.open(row.sealed, identityOf(accountId)), code, now)
  return step !== undefined && takeTotpStep(db, accountId, step)
}
