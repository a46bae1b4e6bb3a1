import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Actor } from '@/lib/accounts/actor'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { listTypes, TypeInput } from '@/lib/inventory/types'
import { POINT_NAMES, type PointNumbers } from '@/lib/partners/notification-points'
import { addPartner, listPartners, type Partner, PartnerInput, removePartner } from '@/lib/partners/partner'
import { type Command, command, FilePath, flag, noArguments, oneArgument, option, options } from './command'
import { UsageError } from './failure'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const { name, identifier, headerVersion } = PartnerInput.shape

const Point = z.string().transform((text, context): PointNumbers => {
  const [, called = '', digits = ''] = /^(\w+)=(\d{1,4})$/.exec(text) ?? []
  const point = POINT_NAMES.find(each => each === called)
  if (point) return { [point]: Number(digits) }
  context.addIssue({ code: 'custom', message: `A point and its number are expected, as in deleted=5: ${POINT_NAMES.join(', ')}.` })
  return z.NEVER
})

async function typeIdsOf(db: Database, names: readonly string[]): Promise<string[]> {
  const types = names.length > 0 ? await listTypes(db) : []
  return names.map(named => {
    const type = types.find(each => each.name === named)
    if (!type) throw new FormError(`There is no profile type named ${named}. type list shows all.`)
    return type.id
  })
}

const add = command({
  name: 'partner add',
  verb: 'partner:write',
  forms: ['NAME --identifier ID --certificate FILE [--callback URL] [--type NAME…]'],
  summary: 'Let an operator’s system order by ES2+, known by its TLS client certificate',
  notes: [
    'A certificate of a CA (CA:TRUE) stands for all client certificates that it issues.',
    'Without --type it may order of every profile type, those made later too.',
  ],
  options: {
    identifier: option('ID', 'functionRequesterIdentifier in the header of its calls', identifier),
    certificate: options('FILE', 'Its certificate or that of its CA, PEM or DER; repeatable', FilePath),
    fingerprint: options('HEX', 'Or the SHA-256 fingerprint of its certificate; repeatable', z.string()),
    callback: option('URL', 'Where it is told how downloads go (handleDownloadProgressInfo)', z.string()),
    point: options('NAME=NUMBER', 'Tells this point alone, and others so named; without it all of them', Point),
    'trusted-ca': option('FILE', 'CA of the callback’s server, PEM; without it the system’s', FilePath),
    'client-certificate': option('FILE', 'What this server shows there, PEM; without it its own TLS certificate', FilePath),
    'client-key': option('FILE', 'The private key of --client-certificate, PEM', FilePath),
    'in-the-clear': flag('An http:// callback on another machine is meant: anybody on the way reads it'),
    type: options('NAME', 'Profile type that it may use; repeatable (default: every type)', TypeInput.shape.name),
    'header-version': option('V', 'Of X-Admin-Protocol (default 2.2.2)', headerVersion.unwrap()),
  },
  arguments: oneArgument('NAME', name),
  run: async ({ options: given, arguments: called, out }) => {
    const { identifier: id, callback: url, 'header-version': version } = given
    if (id === undefined) throw new UsageError('--identifier is missing: what the partner calls itself in its calls.')
    if (given.certificate.length + given.fingerprint.length === 0)
      throw new UsageError('--certificate FILE (or --fingerprint HEX) is missing: without one nobody can call.')
    const files = await Promise.all(given.certificate.map(async file => ({ file: await readFile(file) })))
    const callback = await callbackOf(given)
    await withRuntime(async ({ db, vault, actor, now }) => {
      const typeIds = await typeIdsOf(db, given.type)
      const added = await addPartner(
        db,
        { actor, now, vault },
        {
          name: called,
          identifier: id,
          allTypes: typeIds.length === 0,
          typeIds,
          ...(version ? { headerVersion: version } : {}),
          ...(callback ? { callback } : {}),
        },
        [...files, ...given.fingerprint.map(fingerprint => ({ fingerprint }))],
      )
      out.answer({ id: added.id, name: called, identifier: id, types: typeIds.length === 0 ? null : given.type }, () => {
        out.line(`${called} may order by ES2+ as ${id}, of ${typeIds.length === 0 ? 'every profile type' : given.type.join(', ')}.`)
        out.line(url ? `It is told how downloads go at ${url}.` : 'It is told nothing: there is no --callback.')
      })
    })
  },
})

interface CallbackGiven {
  callback: string | undefined
  point: PointNumbers[]
  'trusted-ca': string | undefined
  'client-certificate': string | undefined
  'client-key': string | undefined
  'in-the-clear': boolean
}

async function callbackOf(given: CallbackGiven) {
  const {
    callback: url,
    point,
    'trusted-ca': trusted,
    'client-certificate': certificate,
    'client-key': key,
    'in-the-clear': inTheClear,
  } = given
  if (url === undefined) {
    if (point.length > 0 || trusted || certificate || key || inTheClear)
      throw new UsageError('What is told where: --callback URL is missing.')
    return undefined
  }
  if (!certificate !== !key) throw new UsageError('--client-certificate and --client-key go together.')
  const pem = (file: string) => readFile(file, 'latin1')
  return {
    url,
    inTheClear,
    ...(point.length > 0 ? { points: Object.assign({}, ...point) as PointNumbers } : {}),
    ...(trusted ? { trustedCa: await pem(trusted) } : {}),
    ...(certificate && key ? { client: { shows: 'own' as const, certificate: await pem(certificate), key: await pem(key) } } : {}),
  }
}

const stateOf = ({ callback }: Partner): string => {
  if (!callback) return 'none'
  if (callback.pausedAt) return `${callback.url} (paused)`
  return callback.failures > 0 ? `${callback.url} (does not answer)` : callback.url
}

const list = command({
  name: 'partner list',
  verb: 'partner:read',
  forms: [''],
  summary: 'List who orders by ES2+, and where each is told',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, actor }) => {
      const partners = await listPartners(db, actor)
      out.answer(partners, () => {
        if (partners.length === 0) return out.line('There are none. Add one with partner add.')
        out.table(
          ['Name', 'Identifier', 'Types', 'Certificates', 'Last call', 'Callback'],
          partners.map(partner => [
            partner.name,
            partner.identifier,
            partner.allTypes ? 'every type' : partner.types.map(type => type.name).join(', '),
            String(partner.certificates.length),
            partner.lastCallAt ? localTime(partner.lastCallAt) : 'never',
            stateOf(partner),
          ]),
        )
      })
    }),
})

async function named(db: Database, actor: Actor, called: string): Promise<Partner> {
  const found = (await listPartners(db, actor)).find(each => each.name.toLowerCase() === called.toLowerCase())
  if (!found) throw new FormError(`There is no partner named ${called}. partner list shows all.`)
  return found
}

const remove = command({
  name: 'partner remove',
  verb: 'partner:write',
  forms: ['NAME'],
  summary: 'End a partner: its calls are refused and it is told nothing any more',
  notes: ['Its orders and profiles stay as they are. What it has not been told yet is told nobody.'],
  options: {},
  arguments: oneArgument('NAME', name),
  run: ({ arguments: called, out }) =>
    withRuntime(async ({ db, vault, actor, now }) => {
      const { id, name: removed } = await named(db, actor, called)
      await removePartner(db, { actor, now, vault }, id)
      out.answer({ id, name: removed, removed: true }, () => out.line(`${removed} is no partner any more.`))
    }),
})

export const partnerCommands: Command[] = [add, list, remove]
