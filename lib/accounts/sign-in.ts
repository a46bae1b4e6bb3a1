import { type Database, one, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Account, accountActor } from './account'
import { audit } from './audit'
import { verifyPassword } from './password'
import { beginSession } from './sessions'
import { forgetAttempts, takeAttempt } from './sign-in-attempts'

export interface Credentials {
  email: string
  password: string
}

/** Where somebody signs in from. */
export interface Visitor {
  address: string
  userAgent: string
}

export interface SignedIn {
  account: Account
  sid: string
  expiresAt: Date
}

const maxInput = 1_024

function waitSentence(seconds: number): string {
  const time = seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`
  return `There were several failed attempts. Try again in ${time}.`
}

/**
 * Checks e-mail address and password and begins a session.
 * @throws FormError with one sentence whatever did not fit, or with how long to wait
 */
export async function signIn(db: Database, input: Credentials, visitor: Visitor, now = new Date()): Promise<SignedIn> {
  const email = input.email
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
    .slice(0, maxInput)
  const attempt = { email, address: visitor.address, now }
  const seconds = await takeAttempt(db, attempt)
  if (seconds > 0) throw new FormError(waitSentence(seconds))
  const row = await one<Account & { passwordHash: string | null; disabledAt: Date | null }>(db, {
    text: 'SELECT id, email, name, role, password_hash AS "passwordHash", disabled_at AS "disabledAt" FROM account WHERE email = $1',
    values: [email],
  })
  const fits = await verifyPassword(row?.passwordHash, input.password)
  if (!row || !fits || row.disabledAt) throw new FormError('The e-mail address and the password do not fit together.')
  const { passwordHash, disabledAt, ...account } = row
  await forgetAttempts(db, attempt)
  const session = await transaction(db, async tx => {
    await audit(tx, accountActor(account, visitor.address), 'account:sign-in', { target: account.email })
    return beginSession(tx, account.id, { ...visitor, now })
  })
  return { account, ...session }
}

/** Begins the session of somebody who has just proved themselves otherwise: by a one-time link. */
export async function signInAfterLink(db: Database, account: Account, visitor: Visitor, now = new Date()): Promise<SignedIn> {
  const session = await transaction(db, async tx => {
    await audit(tx, accountActor(account, visitor.address), 'account:sign-in', { target: account.email, detail: { by: 'one-time link' } })
    return beginSession(tx, account.id, { ...visitor, now })
  })
  return { account, ...session }
}
