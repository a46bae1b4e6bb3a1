import { z } from 'zod'
import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, one, type Transaction, transaction } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { isMailAddress } from '@/lib/mail/mail-settings'
import { type Account, EmailInput, NameInput, RoleInput } from './account'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'
import { makeLink } from './one-time-link'
import { mailPasswordLink } from './password-link-mail'

export const AddAccountInput = z.object({ email: EmailInput, role: RoleInput, name: NameInput.default('') })

export interface AddedAccount {
  account: Account
  /** With which the person sets a password, once, within 30 minutes. */
  link: string
  expiresAt: Date
}

/**
 * Adds a member of staff, and makes the link that is handed to them.
 * @throws NotAllowed, FormError when the e-mail address has an account
 */
export const addAccount = (
  db: Database,
  actor: Actor,
  input: z.input<typeof AddAccountInput>,
  { portalUrl = env().portalUrl, now = new Date() }: { portalUrl?: string; now?: Date } = {},
): Promise<AddedAccount> =>
  adding(db, actor, input, { mailed: false }, async (tx, account) => {
    const { url, expiresAt } = await makeLink(tx, account.id, portalUrl, now)
    return { account, link: url, expiresAt }
  })

/**
 * Adds a member of staff and writes them a mail with the link, which nobody else gets to see.
 * @throws NotAllowed, FormError when the e-mail address has an account
 */
export const inviteByMail = (
  db: Database,
  actor: Actor,
  input: z.input<typeof AddAccountInput>,
  { now = new Date() }: { now?: Date } = {},
): Promise<Account> =>
  adding(db, actor, input, { mailed: true }, async (tx, account) => {
    await mailPasswordLink(tx, account, actor, 'invitation', now)
    return account
  })

async function adding<T>(
  db: Database,
  actor: Actor,
  input: z.input<typeof AddAccountInput>,
  { mailed }: { mailed: boolean },
  handOver: (tx: Transaction, account: Account) => Promise<T>,
): Promise<T> {
  requireMay(actor, 'account:write')
  const { email, role, name } = AddAccountInput.parse(input)
  if (mailed && !isMailAddress(email))
    throw new FormError('No mail can be sent to this address.', { email: 'Enter an address such as name@example.com' })
  try {
    return await transaction(db, async tx => {
      const row = await one<{ id: string }>(tx, {
        text: 'INSERT INTO account (email, name, role, created_by) VALUES ($1, $2, $3, $4) RETURNING id',
        values: [email, name, role, actor.name],
      })
      if (!row) throw new Error('The account was not added.')
      await audit(tx, actor, 'account:write', { target: email, detail: { added: true, role, ...(mailed ? { linkMailed: true } : {}) } })
      return handOver(tx, { id: row.id, email, name, role })
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'account_email_key')) throw error
    throw new FormError(`${email} has an account already.`, { email: 'This e-mail address has an account already.' })
  }
}
