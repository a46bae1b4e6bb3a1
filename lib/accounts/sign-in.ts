import { type Database, one, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { Account } from './account'
import { verifyPassword } from './password'
import { forgetAttempts, takeAttempt } from './sign-in-attempts'
import { afterFirstStep, refuseToWait, type SignInAnswer, type Visitor } from './sign-in-begin'

export type { Challenge, SecondFactor, SignedIn, SignInAnswer, Visitor } from './sign-in-begin'

export interface Credentials {
  email: string
  password: string
}

const maxInput = 1_024

/**
 * Checks e-mail address and password: the first step. Of those who have a second factor it is asked for; the others' session begins.
 * Failures are forgotten only when nothing is to follow: whoever knows a password gets no more guesses at the second step for it.
 * @throws FormError with one sentence whatever did not fit, or with how long to wait
 */
export async function signIn(db: Database, input: Credentials, visitor: Visitor, now = new Date()): Promise<SignInAnswer> {
  const email = input.email
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
    .slice(0, maxInput)
  const attempt = { email, address: visitor.address, now }
  refuseToWait(await takeAttempt(db, attempt))
  const row = await one<Account & { passwordHash: string | null; disabledAt: Date | null }>(db, {
    text: 'SELECT id, email, name, role, password_hash AS "passwordHash", disabled_at AS "disabledAt" FROM account WHERE email = $1',
    values: [email],
  })
  const fits = await verifyPassword(row?.passwordHash, input.password)
  if (!row || !fits || row.disabledAt) throw new FormError('The e-mail address and the password do not fit together.')
  const { passwordHash, disabledAt, ...account } = row
  const answer = await transaction(db, tx => afterFirstStep(tx, account, { ...visitor, factor: 'password' }, now))
  if ('session' in answer) await forgetAttempts(db, attempt)
  return answer
}

/** The first step of somebody who has just set a password by a one-time link. A second factor that they have is asked for all the same. */
export const signInAfterLink = (db: Database, account: Account, visitor: Visitor, now = new Date()): Promise<SignInAnswer> =>
  transaction(db, tx => afterFirstStep(tx, account, { ...visitor, factor: 'link' }, now))
