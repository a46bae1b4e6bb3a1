import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import { type Account, accountActor } from './account'
import { audit } from './audit'
import { attemptChallenge, finishChallenge } from './factors/challenges'
import { type Assertion, relyingParty, takeAssertion } from './factors/passkeys'
import { takeRecoveryCode } from './factors/recovery-codes'
import { takeTotp, totpCodeOf } from './factors/totp'
import { forgetAttempts, takeAttempt } from './sign-in-attempts'
import { enabledAccount, openSession, refuseToWait, type SecondFactor, type SignedIn, type Visitor } from './sign-in-begin'

/** The second step: what a person types (six digits of the app, or a recovery code), or what a passkey says. */
export type SecondStep = { token: string } & ({ code: string } | { assertion: Assertion })

export const challengeOver = 'This sign-in took too long, or was finished elsewhere. Start again with your password.'

const wrong = {
  totp: 'This code is wrong, or was used already. Wait for the next one in your authenticator app.',
  recovery: 'This is none of your recovery codes, or it was used already.',
  passkey: 'This passkey does not belong to this account, or did not answer in time. Try again.',
} satisfies Record<SecondFactor, string>

const factorOf = (step: SecondStep): SecondFactor => ('assertion' in step ? 'passkey' : totpCodeOf(step.code) ? 'totp' : 'recovery')

async function take(
  tx: Transaction,
  vault: Vault,
  account: Account,
  step: SecondStep,
  challenge: string | null,
  now: Date,
): Promise<boolean> {
  if ('assertion' in step) {
    const party = relyingParty()
    if (!party || !challenge) return false
    return (await takeAssertion(tx, party, { challenge, assertion: step.assertion, accountId: account.id }, now)) === account.id
  }
  return totpCodeOf(step.code) ? takeTotp(tx, vault, account.id, step.code, now) : takeRecoveryCode(tx, account.id, step.code, now)
}

/**
 * Answers the second step of a sign-in and begins the session. Wrong answers are slowed like wrong passwords. Six digits can be guessed, so
 * they are counted for the account as well, wherever they come from: only whoever knows the password gets that far, and recovery codes and
 * passkeys, which nobody guesses, stay open to its owner.
 * @throws FormError when it is wrong, over, or with how long to wait
 */
export async function answerChallenge(db: Database, vault: Vault, step: SecondStep, visitor: Visitor, now = new Date()): Promise<SignedIn> {
  const open = await attemptChallenge(db, step.token, 'second-factor', now)
  const account = open?.accountId ? await enabledAccount(db, open.accountId) : undefined
  if (!open || !account) throw new FormError(challengeOver)
  const attempt = { email: account.email, address: visitor.address, now }
  refuseToWait(await takeAttempt(db, attempt))
  const factor = factorOf(step)
  const everywhere = { email: `totp:${account.id}`, address: `totp:${account.id}`, now }
  if (factor === 'totp') refuseToWait(await takeAttempt(db, everywhere), ', or use a recovery code or a passkey')
  const session = await transaction(db, async tx => {
    if (!(await take(tx, vault, account, step, open.challenge, now))) return undefined
    if (!(await finishChallenge(tx, step.token, now))) throw new FormError(challengeOver)
    return openSession(tx, account, { ...visitor, factor, now })
  })
  if (!session) {
    await audit(db, accountActor(account, visitor.address), 'account:sign-in', { target: account.email, result: `wrong ${factor}` })
    throw new FormError(wrong[factor])
  }
  await forgetAttempts(db, attempt)
  if (factor === 'totp') await forgetAttempts(db, everywhere)
  return session
}
