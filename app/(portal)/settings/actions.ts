'use server'

import { z } from 'zod'
import { RoleInput } from '@/lib/accounts/account'
import { AddAccountInput, addAccount, inviteByMail } from '@/lib/accounts/add-account'
import { changeRole, disableAccount, enableAccount, mailNewPasswordLink, newPasswordLink } from '@/lib/accounts/change-account'
import { operatorAction } from '@/lib/action'
import { FormError } from '@/lib/form-error'

/** A link that lets one person set a password, once: to hand to them, or on its way to them by mail. */
export interface Invitation {
  email: string
  link?: {
    url: string
    /** ISO 8601 */
    expiresAt: string
  }
}

const Named = z.object({ accountId: z.uuid(), email: z.string() })

export const invite = operatorAction('account:write', AddAccountInput, async (input, { db, actor, env, now }): Promise<Invitation> => {
  if (env.mail) return { email: (await inviteByMail(db, actor, input, { now })).email }
  const { account, link, expiresAt } = await addAccount(db, actor, input, { portalUrl: env.portalUrl, now })
  return { email: account.email, link: { url: link, expiresAt: expiresAt.toISOString() } }
})

export const makePasswordLink = operatorAction('account:write', Named, async (input, { db, actor, env, now }): Promise<Invitation> => {
  const { url, expiresAt } = await newPasswordLink(db, actor, input.accountId, { portalUrl: env.portalUrl, now })
  return { email: input.email, link: { url, expiresAt: expiresAt.toISOString() } }
})

export const sendPasswordLink = operatorAction('account:write', Named, async (input, { db, actor, env, now }): Promise<Invitation> => {
  if (!env.mail) throw new FormError('No mail server is set, so no mail leaves this server. Make a link and hand it over yourself.')
  await mailNewPasswordLink(db, actor, input.accountId, { now })
  return { email: input.email }
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
