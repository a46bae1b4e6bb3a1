import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { countFactors } from '@/lib/db/factor-rows'
import { one, type Queryable } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Account, accountActor } from './account'
import { audit } from './audit'
import { beginChallenge } from './factors/challenges'
import { assertionOptions, relyingParty } from './factors/passkeys'
import { secondFactorRoles } from './factors/policy'
import { beginSession, type SignInFactor } from './sessions'

/** Where somebody signs in from. */
export interface Visitor {
  address: string
  userAgent: string
}

export interface SignedIn {
  account: Account
  sid: string
  expiresAt: Date
  /** A second factor is to be set up before anything else. */
  limited: boolean
}

/** With what a second step can be answered. */
export type SecondFactor = 'totp' | 'recovery' | 'passkey'

/** The password was right, and a second factor is to follow. */
export interface Challenge {
  /** Names this sign-in to `answerChallenge`, for five minutes */
  challenge: string
  factors: SecondFactor[]
  /** For the browser, when a passkey is among them */
  passkey?: PublicKeyCredentialRequestOptionsJSON
}

export type SignInAnswer = { session: SignedIn } | Challenge

/** @throws FormError with how long to wait */
export function refuseToWait(seconds: number, otherwise = ''): void {
  if (seconds <= 0) return
  const time = seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`
  throw new FormError(`There were several failed attempts. Try again in ${time}${otherwise}.`)
}

/** An account that may sign in. */
export const enabledAccount = (db: Queryable, accountId: string): Promise<Account | undefined> =>
  one<Account & Record<string, unknown>>(db, {
    text: 'SELECT id, email, name, role FROM account WHERE id = $1 AND disabled_at IS NULL',
    values: [accountId],
  })

/** Begins the session of somebody who has proved themselves, with its audit row. */
export async function openSession(
  db: Queryable,
  account: Account,
  { address, userAgent, factor, limited = false, now }: Visitor & { factor: SignInFactor; limited?: boolean; now: Date },
): Promise<SignedIn> {
  await audit(db, accountActor(account, address), 'account:sign-in', {
    target: account.email,
    detail: { by: factor, ...(limited ? { limited } : {}) },
  })
  return { account, limited, ...(await beginSession(db, account.id, { address, userAgent, factor, limited, now })) }
}

/**
 * After the first step: asks for the second factor of those who have one; of the others begins the session, limited when their role needs
 * a second factor.
 */
export async function afterFirstStep(
  db: Queryable,
  account: Account,
  { factor, ...visitor }: Visitor & { factor: 'password' | 'link' },
  now: Date,
): Promise<SignInAnswer> {
  const { totpSince, passkeys, recoveryCodes } = await countFactors(db, account.id)
  if (!totpSince && passkeys === 0) {
    const limited = (await secondFactorRoles(db)).includes(account.role)
    return { session: await openSession(db, account, { ...visitor, factor, limited, now }) }
  }
  const party = passkeys > 0 ? relyingParty() : undefined
  const passkey = party && (await assertionOptions(db, party, account.id))
  const challenge = await beginChallenge(
    db,
    { purpose: 'second-factor', accountId: account.id, ...(passkey ? { challenge: passkey.challenge } : {}) },
    now,
  )
  const factors: SecondFactor[] = []
  if (totpSince) factors.push('totp')
  if (passkey) factors.push('passkey')
  if (recoveryCodes > 0) factors.push('recovery')
  return { challenge, factors, ...(passkey ? { passkey } : {}) }
}
