import { z } from 'zod'
import { CreateApiKeyInput, createApiKey, listApiKeys, revokeApiKey } from '@/lib/accounts/api-keys'
import { ROLE_NAMES } from '@/lib/accounts/roles'
import { FormError } from '@/lib/form-error'
import { type Command, command, noArguments, oneArgument, option } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const { name, role } = CreateApiKeyInput.shape

const add = command({
  name: 'key add',
  verb: 'api-key:write',
  forms: ['NAME --role ROLE [--expires DATE]'],
  summary: 'Make a key for a script and print it, this once',
  notes: ['The script sends it with each request: Authorization: Bearer slw_…'],
  options: {
    role: option('ROLE', `What it may do: ${ROLE_NAMES.join(', ')}`, role),
    expires: option(
      'DATE',
      'Good until the end of this day (UTC); else until it is revoked',
      z.iso.date('A date is expected: 2026-12-31.').transform(day => new Date(`${day}T23:59:59.999Z`)),
    ),
  },
  arguments: oneArgument('NAME', name),
  run: ({ options: { role: chosen, expires }, arguments: called, out }) => {
    if (chosen === undefined) throw new UsageError(`--role is missing: ${ROLE_NAMES.join(', ')}.`)
    return withRuntime(async ({ db, actor, now }) => {
      const { id, key } = await createApiKey(db, actor, { name: called, role: chosen, ...(expires ? { expiresAt: expires } : {}) }, now)
      out.answer({ id, name: called, role: chosen, key, expiresAt: expires ?? null }, () => {
        out.line(`Made the key ${called} with the role ${chosen}. It is not shown again:`)
        out.line(`  ${key}`)
      })
    })
  },
})

const list = command({
  name: 'key list',
  verb: 'api-key:read',
  forms: [''],
  summary: 'List the keys of scripts and when each was last used',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const keys = await listApiKeys(db, actor)
      out.answer(keys, () => {
        if (keys.length === 0) return out.line('There are none. Make one with key add.')
        out.table(
          ['Name', 'Begins', 'Role', 'Last used', 'State'],
          keys.map(key => [
            key.name,
            key.start,
            key.role,
            key.lastUsedAt ? `${localTime(key.lastUsedAt)}${key.lastUsedFrom ? ` from ${key.lastUsedFrom}` : ''}` : 'never',
            key.revokedAt
              ? `revoked ${localTime(key.revokedAt)}`
              : key.expiresAt
                ? `${key.expiresAt <= now ? 'ended' : 'ends'} ${localTime(key.expiresAt)}`
                : 'in force',
          ]),
        )
      })
    }),
})

const revoke = command({
  name: 'key revoke',
  verb: 'api-key:write',
  forms: ['NAME'],
  summary: 'End a key at once',
  options: {},
  arguments: oneArgument('NAME', name),
  run: ({ arguments: called, out }) =>
    withRuntime(async ({ db, actor, now }) => {
      const key = (await listApiKeys(db, actor)).find(each => each.name === called)
      if (!key) throw new FormError(`There is no key named ${called}. key list shows all.`)
      await revokeApiKey(db, actor, key.id, now)
      out.answer({ id: key.id, name: called, revoked: true }, () => out.line(`The key ${called} is revoked.`))
    }),
})

export const keyCommands: Command[] = [add, list, revoke]
