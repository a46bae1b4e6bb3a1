import { findAccount, listAccounts } from '@/lib/accounts/account'
import { AddAccountInput, addAccount } from '@/lib/accounts/add-account'
import { endSessionsOf, resetFactors } from '@/lib/accounts/change-account'
import { linkMinutes } from '@/lib/accounts/one-time-link'
import { ROLE_NAMES } from '@/lib/accounts/roles'
import { FormError } from '@/lib/form-error'
import { type Command, command, noArguments, oneArgument, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const { email, role, name } = AddAccountInput.shape

const add = command({
  name: 'user add',
  verb: 'account:write',
  forms: ['EMAIL --role ROLE [--name NAME]'],
  summary: 'Add a member of staff and print the link that sets the password',
  options: {
    role: option('ROLE', ROLE_NAMES.join(' or '), role),
    name: option('NAME', 'The person’s name', name),
  },
  arguments: oneArgument('EMAIL', email),
  run: ({ options: given, arguments: address, out }) => {
    const { role: chosen, name: called } = given
    if (chosen === undefined) throw new UsageError(`--role is missing: ${ROLE_NAMES.join(' or ')}.`)
    return withRuntime(async ({ db, actor, now, env: { portalUrl } }) => {
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
