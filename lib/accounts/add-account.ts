import { z } from 'zod'
import { type Database, isUniqueViolation, one, transaction } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { type Account, EmailInput, NameInput, RoleInput } from './account'
import { type Actor, requireMay } from './actor'
import { audit } from './audit'
import { makeLink } from './one-time-link'

export const AddAccountInput = z.object({ email: EmailInput, role: RoleInput, name: NameInput.default('') })

export interface AddedAccount {
  account: Account
  /** With which the person sets a password, once, within 30 minutes. */
  link: string
  expiresAt: Date
}

/**
 * Adds a member of staff.
 * @throws NotAllowed, FormError when the e-mail address has an account
 */
export async function addAccount(
  db: Database,
  actor: Actor,
  input: z.input<typeof AddAccountInput>,
  { portalUrl = env().portalUrl, now = new Date() }: { portalUrl?: string; now?: Date } = {},
): Promise<AddedAccount> {
  requireMay(actor, 'account:write')
  const { email, role, name } = AddAccountInput.parse(input)
  try {
    return await transaction(db, async tx => {
      const row = await one<{ id: string }>(tx, {
        text: 'INSERT INTO account (email, name, role, created_by) VALUES ($1, $2, $3, $4) RETURNING id',
        values: [email, name, role, actor.name],
      })
      if (!row) throw new Error('The account was not added.')
      const { url, expiresAt } = await makeLink(tx, row.id, portalUrl, now)
      await audit(tx, actor, 'account:write', { target: email, detail: { added: true, role } })
      return { account: { id: row.id, email, name, role }, link: url, expiresAt }
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'account_email_key')) throw error
    throw new FormError(`${email} has an account already.`, { email: 'This e-mail address has an account already.' })
  }
}
