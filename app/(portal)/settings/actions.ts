'use server'

import { z } from 'zod'
import { RoleInput } from '@/lib/accounts/account'
import { AddAccountInput, addAccount } from '@/lib/accounts/add-account'
import { changeRole, disableAccount, enableAccount, newPasswordLink } from '@/lib/accounts/change-account'
import { operatorAction } from '@/lib/action'

/** A link that lets one person set a password, once. */
export interface Invitation {
  email: string
  url: string
  /** ISO 8601 */
  expiresAt: string
}

const Named = z.object({ accountId: z.uuid(), email: z.string() })

export const invite = operatorAction('account:write', AddAccountInput, async (input, { db, actor, env, now }): Promise<Invitation> => {
  const { account, link, expiresAt } = await addAccount(db, actor, input, { portalUrl: env.portalUrl, now })
  return { email: account.email, url: link, expiresAt: expiresAt.toISOString() }
})

export const makePasswordLink = operatorAction('account:write', Named, async (input, { db, actor, env, now }): Promise<Invitation> => {
  const { url, expiresAt } = await newPasswordLink(db, actor, input.accountId, { portalUrl: env.portalUrl, now })
  return { email: input.email, url, expiresAt: expiresAt.toISOString() }
})

const ChangeInput = z.object({
  accountId: z.uuid(),
  change: z.union([z.object({ role: RoleInput }), z.object({ disabled: z.boolean() })]),
})

export const changeAccount = operatorAction('account:write', ChangeInput, async ({ accountId, change }, { db, actor, now }) => {
  if ('role' in change) await changeRole(db, actor, accountId, change.role, now)
  else if (change.disabled) await disableAccount(db, actor, accountId, now)
  else await enableAccount(db, actor, accountId)
  return { accountId }
})
