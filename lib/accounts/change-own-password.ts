import { type Database, one, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Account, accountActor } from './account'
import { audit } from './audit'
import { hashPassword, passwordProblem, verifyPassword } from './password'
import { endSessions, type SignInFactor } from './sessions'
import { forgetAttempts, takeAttempt } from './sign-in-attempts'
import { openSession, refuseToWait, type SignedIn, type Visitor } from './sign-in-begin'

/**
 * Asks for a person's own password once more, before they change how they sign in; wrong ones are slowed as at the sign-in.
 * @throws FormError
 */
export async function confirmPassword(db: Database, account: Account, password: string, visitor: Visitor, now = new Date()): Promise<void> {
  const attempt = { email: account.email, address: visitor.address, now }
  refuseToWait(await takeAttempt(db, attempt))
  const row = await one<{ hash: string | null }>(db, {
    text: 'SELECT password_hash AS hash FROM account WHERE id = $1',
    values: [account.id],
  })
  if (!(await verifyPassword(row?.hash, password))) {
    const sentence = 'This is not your password.'
    throw new FormError(sentence, { password: sentence })
  }
  await forgetAttempts(db, attempt)
}

/**
 * Gives a person another password of their own choice. All their sessions end; this browser gets a new one.
 * @throws FormError
 */
export async function changeOwnPassword(
  db: Database,
  { account, factor }: { account: Account; factor: SignInFactor | null },
  { password, next }: { password: string; next: string },
  visitor: Visitor,
  now = new Date(),
): Promise<SignedIn> {
  await confirmPassword(db, account, password, visitor, now)
  const problem = passwordProblem(next, account)
  if (problem) throw new FormError('Choose another password.', { next: problem })
  const passwordHash = await hashPassword(next)
  return transaction(db, async tx => {
    await tx.query({ text: 'UPDATE account SET password_hash = $2 WHERE id = $1', values: [account.id, passwordHash] })
    await tx.query({ text: 'UPDATE one_time_link SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL', values: [account.id, now] })
    await endSessions(tx, account.id, now)
    await audit(tx, accountActor(account, visitor.address), 'account:set-password', { target: account.email })
    return openSession(tx, account, { ...visitor, factor: factor ?? 'password', now })
  })
}
