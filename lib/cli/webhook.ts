import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Actor } from '@/lib/accounts/actor'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { listTypes, TypeInput } from '@/lib/inventory/types'
import { sendTest } from '@/lib/partners/messages/replay'
import { listPartners } from '@/lib/partners/partner'
import { SUBSCRIBABLE_EVENTS, WEBHOOK_EVENTS } from '@/lib/partners/webhooks/events'
import { addWebhook, listWebhooks, removeWebhook, rotateSecret, type Webhook } from '@/lib/partners/webhooks/webhook'
import { type Command, command, FilePath, flag, noArguments, oneArgument, oneOf, option, options } from './command'
import { localTime } from './output'
import { withRuntime } from './with-runtime'

const EventName = oneOf(SUBSCRIBABLE_EVENTS)

async function typeIdsOf(db: Database, names: readonly string[]): Promise<string[] | null> {
  if (names.length === 0) return null
  const types = await listTypes(db)
  return names.map(named => {
    const type = types.find(each => each.name === named)
    if (!type) throw new FormError(`There is no profile type named ${named}. type list shows all.`)
    return type.id
  })
}

async function partnerIdOf(db: Database, actor: Actor, named: string | undefined): Promise<string | null> {
  if (named === undefined) return null
  const partner = (await listPartners(db, actor)).find(({ name }) => name.toLowerCase() === named.toLowerCase())
  if (!partner) throw new FormError(`There is no partner named ${named}. partner list shows all.`)
  return partner.id
}

const namesInLine = 5

/** Names with commas between them, a few in each line. */
const inLines = (names: string[]): string[] =>
  names.flatMap((_, at) => (at % namesInLine === 0 ? [`  ${names.slice(at, at + namesInLine).join(', ')}`] : []))

const showSecret = 'It is shown this once. Every message carries Slipway-Signature: t=<seconds>,v1=<HMAC-SHA-256 of "<t>.<body>">.'

const add = command({
  name: 'webhook add',
  verb: 'endpoint:write',
  forms: ['URL [--event NAME…] [--type NAME…] [--partner NAME]'],
  summary: 'Tell a system of orders and downloads by signed JSON; shows the secret once',
  notes: ['Events are:', ...inLines(Object.keys(WEBHOOK_EVENTS).filter(name => name !== 'test')), 'It is told what happens from now on.'],
  options: {
    name: option('NAME', 'As it is listed (default: the host of its address)', z.string()),
    event: options('NAME', 'Tells this event; repeatable (default: all, those of later versions too)', EventName),
    type: options('NAME', 'Of this profile type; repeatable (default: of every type)', TypeInput.shape.name),
    partner: option('NAME', 'Only of what this partner ordered by ES2+ (default: of every order)', z.string()),
    'trusted-ca': option('FILE', 'CA of its server’s certificate, PEM; without it the system’s', FilePath),
    'in-the-clear': flag('An http:// address on another machine is meant: anybody on the way reads it'),
  },
  arguments: oneArgument('URL', z.string()),
  run: ({ options: given, arguments: url, out }) =>
    withRuntime(async ({ db, vault, actor, now }) => {
      const { name, event: events, type, partner, 'trusted-ca': trusted, 'in-the-clear': inTheClear } = given
      const [typeIds, partnerId] = [await typeIdsOf(db, type), await partnerIdOf(db, actor, partner)]
      const trustedCa = trusted && (await readFile(trusted, 'latin1'))
      const added = await addWebhook(
        db,
        { actor, now, vault },
        { url, events, typeIds, partnerId, inTheClear, ...(name ? { name } : {}), ...(trustedCa ? { trustedCa } : {}) },
      )
      out.answer(added, () => {
        out.line(`${added.name} is told ${events.length > 0 ? events.join(', ') : 'every event'} from now on.`)
        out.line(`Secret  ${added.secret}`)
        out.note(showSecret)
      })
    }),
})

const stateOf = ({ pausedAt, failures, lastSuccessAt }: Webhook): string => {
  if (pausedAt) return 'paused'
  if (failures > 0) return 'does not answer'
  return lastSuccessAt ? `told ${localTime(lastSuccessAt)}` : 'nothing told yet'
}

const list = command({
  name: 'webhook list',
  verb: 'partner:read',
  forms: [''],
  summary: 'List the webhooks',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db, actor }) => {
      const webhooks = await listWebhooks(db, actor)
      out.answer(webhooks, () => {
        if (webhooks.length === 0) return out.line('There are none. Add one with webhook add.')
        out.table(
          ['Name', 'Address', 'Events', 'State'],
          webhooks.map(webhook => [
            webhook.name,
            webhook.url,
            webhook.events.length > 0 ? webhook.events.join(', ') : 'every event',
            stateOf(webhook),
          ]),
        )
      })
    }),
})

/** By its name or its address. */
async function named(db: Database, actor: Actor, called: string): Promise<Webhook> {
  const found = (await listWebhooks(db, actor)).filter(
    ({ id, name, url }) => id === called || url === called || name.toLowerCase() === called.toLowerCase(),
  )
  const [first, second] = found
  if (!first) throw new FormError(`There is no webhook named ${called}. webhook list shows all.`)
  if (second) throw new FormError(`There are ${found.length} webhooks named ${called}: give an id of webhook list --json.`)
  return first
}

const Named = oneArgument('NAME', z.string().min(1))

const remove = command({
  name: 'webhook remove',
  verb: 'endpoint:write',
  forms: ['NAME'],
  summary: 'End a webhook: what it has not been told yet is told nobody',
  options: {},
  arguments: Named,
  run: ({ arguments: called, out }) =>
    withRuntime(async ({ db, vault, actor, now }) => {
      const { id, name } = await named(db, actor, called)
      await removeWebhook(db, { actor, now, vault }, id)
      out.answer({ id, name, removed: true }, () => out.line(`${name} is told nothing any more.`))
    }),
})

const secret = command({
  name: 'webhook secret',
  verb: 'endpoint:write',
  forms: ['NAME'],
  summary: 'Give a webhook another secret, shown once; what waits is signed by it too',
  options: {},
  arguments: Named,
  run: ({ arguments: called, out }) =>
    withRuntime(async ({ db, vault, actor, now }) => {
      const { id } = await named(db, actor, called)
      const made = await rotateSecret(db, { actor, now, vault }, id)
      out.answer({ id, ...made }, () => {
        out.line(`Secret  ${made.secret}`)
        out.note(showSecret)
      })
    }),
})

const test = command({
  name: 'webhook test',
  verb: 'message:replay',
  forms: ['NAME'],
  summary: 'Send a webhook a message that tells of nothing; a running server sends it',
  options: {},
  arguments: Named,
  run: ({ arguments: called, out }) =>
    withRuntime(async ({ db, actor, now, env }) => {
      const { id, name } = await named(db, actor, called)
      const sent = await sendTest(db, { actor, now }, id, env.smdpAddress)
      out.answer({ id, name, ...sent }, () => out.line(`A test for ${name} is on its way: messages list shows what became of it.`))
    }),
})

export const webhookCommands: Command[] = [add, list, secret, test, remove]
