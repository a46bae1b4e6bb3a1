import { listAccounts } from '@/lib/accounts/account'
import { AddAccountInput, addAccount } from '@/lib/accounts/add-account'
import { linkMinutes } from '@/lib/accounts/one-time-link'
import { ROLE_NAMES } from '@/lib/accounts/roles'
import { type Command, command, noArguments, oneArgument, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const { email, role, name } = AddAccountInput.shape

const add = command({
  name: 'user add',
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

export const userCommands: Command[] = [add, list]
