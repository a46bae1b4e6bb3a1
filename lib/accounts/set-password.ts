import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Account, accountActor, EmailInput, NameInput, unclaimedEmail } from './account'
import { audit } from './audit'
import { findLink, useLink } from './one-time-link'
import { hashPassword, passwordProblem } from './password'
import { endSessions } from './sessions'

export interface NewPassword {
  password: string
  /** Of the first administrator, whose account is nobody's yet. */
  email?: string | undefined
  name?: string | undefined
}

export const linkOver = 'This link was used already or has expired. Ask an administrator for a new one.'

function person(account: Account, input: NewPassword): Account {
  if (account.email !== unclaimedEmail) return account
  const email = EmailInput.safeParse(input.email)
  const name = NameInput.safeParse(input.name ?? '')
  if (email.success && name.success) return { ...account, email: email.data, name: name.data }
  const said = (parsed: typeof email | typeof name) => parsed.error?.issues[0]?.message
  const fields = Object.entries({ email: said(email), name: said(name) }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  )
  throw new FormError('Say whose account this is.', Object.fromEntries(fields))
}

/**
 * Sets the password of the account that a link is for, once, and ends the account's sessions. The first administrator says their
 * e-mail address and name with it.
 * @throws FormError when the link is over, or with what to mend; then the link can still be used
 */
export async function setPassword(
  db: Database,
  token: string,
  input: NewPassword,
  { address, now = new Date() }: { address?: string; now?: Date } = {},
): Promise<Account> {
  const found = await findLink(db, token, now)
  if (!found) throw new FormError(linkOver)
  const account = person(found, input)
  const problem = passwordProblem(input.password, account)
  if (problem) throw new FormError('Choose another password.', { password: problem })
  const passwordHash = await hashPassword(input.password)
  try {
    await transaction(db, async tx => {
      if (!(await useLink(tx, token, now))) throw new FormError(linkOver)
      await tx.query({
        text: 'UPDATE account SET password_hash = $2, email = $3, name = $4 WHERE id = $1',
        values: [account.id, passwordHash, account.email, account.name],
      })
      if (account.role === 'administrator') {
        await tx.query({ text: 'DELETE FROM account WHERE email = $1 AND id <> $2', values: [unclaimedEmail, account.id] })
      }
      await endSessions(tx, account.id, now)
      await audit(tx, accountActor(account, address), 'account:set-password', { target: account.email })
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'account_email_key')) throw error
    throw new FormError('Say whose account this is.', { email: 'This e-mail address has an account already.' })
  }
  return account
}
