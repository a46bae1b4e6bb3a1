import { findAccount, listAccounts } from '@/lib/accounts/account'
import { AddAccountInput, addAccount, inviteByMail } from '@/lib/accounts/add-account'
import { endSessionsOf, resetFactors } from '@/lib/accounts/change-account'
import { linkMinutes, mailedLinkHours } from '@/lib/accounts/link-times'
import { ROLE_NAMES } from '@/lib/accounts/roles'
import { FormError } from '@/lib/form-error'
import { type Command, command, flag, noArguments, oneArgument, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const { email, role, name } = AddAccountInput.shape

const add = command({
  name: 'user add',
  verb: 'account:write',
  forms: ['EMAIL --role ROLE [--name NAME] [--mail]'],
  summary: 'Add a member of staff and print the link that sets the password, or mail it to them',
  options: {
    role: option('ROLE', ROLE_NAMES.join(' or '), role),
    name: option('NAME', 'The person’s name', name),
    mail: flag('Send them the link by mail instead of printing it'),
  },
  arguments: oneArgument('EMAIL', email),
  run: ({ options: given, arguments: address, out }) => {
    const { role: chosen, name: called, mail } = given
    if (chosen === undefined) throw new UsageError(`--role is missing: ${ROLE_NAMES.join(' or ')}.`)
    return withRuntime(async ({ db, actor, now, env: { portalUrl, mail: mailServer } }) => {
      if (mail) {
        if (!mailServer) throw new FormError('No mail server is set, so no mail leaves this server. Add the person without --mail.')
        const added = await inviteByMail(db, actor, { email: address, role: chosen, name: called }, { now })
        return out.answer({ email: added.email, role: added.role, name: added.name }, () => {
          out.line(`Added ${added.email} as ${added.role}.`)
          out.line(`They get a mail with a link that sets the password, once, within ${mailedLinkHours} hours.`)
        })
      }
      const { account, link, expiresAt } = await addAccount(db, actor, { email: address, role: chosen, name: called }, { portalUrl, now })
      out.answer({ email: account.email, role: account.role, name: account.name, link, expiresAt }, () => {
        out.line(`Added ${account.email} as ${account.role}.`)
        out.line(`This link sets the password, once, within ${linkMinutes} minutes:`)
        out.line(`  ${link}`)
      })
    })
  },
})

const list = command({
  name: 'user list',
  verb: 'account:read',
  forms: [''],
  summary: 'List the members of staff',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db }) => {
      const accounts = await listAccounts(db)
      const told = accounts.map(({ id, ...account }) => account)
      out.answer(told, () => {
        if (accounts.length === 0) return out.line('There is nobody yet. Add somebody with user add.')
        out.table(
          ['E-mail', 'Name', 'Role', 'Sign-in', 'Last seen'],
          accounts.map(account => [
            account.email,
            account.name,
            account.role,
            account.disabledAt ? 'disabled' : account.hasPassword ? 'has a password' : 'no password yet',
            account.lastSeenAt ? localTime(account.lastSeenAt) : 'never',
          ]),
        )
      })
    }),
})

const resetFactor = command({
  name: 'user reset-factor',
  verb: 'account:write',
  forms: ['EMAIL'],
  summary: 'Take the second factor from somebody who lost their phone and their recovery codes',
  options: {},
  arguments: oneArgument('EMAIL', email),
  run: ({ arguments: address, out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const account = await findAccount(db, address)
      if (!account) throw new FormError(`Nobody here has the address ${address}.`)
      await resetFactors(db, actor, account.id, now)
      out.answer({ email: account.email }, () => {
        out.line(`The second factor of ${account.email} is taken away and their sessions have ended.`)
        out.line('They set up a new one at their next sign-in, with their password.')
      })
    }),
})

const endSessionsCommand = command({
  name: 'user end-sessions',
  verb: 'account:write',
  forms: ['EMAIL'],
  summary: 'End all sessions of somebody at once',
  options: {},
  arguments: oneArgument('EMAIL', email),
  run: ({ arguments: address, out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const account = await findAccount(db, address)
      if (!account) throw new FormError(`Nobody here has the address ${address}.`)
      await endSessionsOf(db, actor, account.id, undefined, now)
      out.answer({ email: account.email }, () => out.line(`All sessions of ${account.email} have ended.`))
    }),
})

export const userCommands: Command[] = [add, list, resetFactor, endSessionsCommand]
