import { randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { lockPartner } from '@/lib/db/partners/partner-rows'
import {
  countTypes,
  insertWebhook,
  lockWebhook,
  pauseWebhookRow,
  readWebhooks,
  removeWebhookRow,
  setWebhookSecret,
  updateWebhook,
  type WebhookRow,
  type WebhookSettings,
} from '@/lib/db/partners/webhook-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { isInTheClear } from '../callback-input'
import { readTrustedCa } from '../callback-tls'
import type { PartnerContext } from '../context'
import { isForbiddenAddress } from '../messages/post'
import { SUBSCRIBABLE_EVENTS, type WebhookEventName } from './events'
import { endpointSecretIdentity } from './signature'

export type Webhook = WebhookRow

const secretBytes = 32
const secretPrefix = 'slws_'

const expected = 'An address such as https://shop.example.com/esim-events is expected.'

const WebhookUrl = z
  .string({ error: expected })
  .trim()
  .max(1_000, 'An address has at most 1000 characters.')
  .transform((text, context) => {
    const no = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (!url || !/^https?:$/.test(url.protocol)) return no(expected)
    if (url.username || url.password) return no('An address has no user name or password: what comes is known by its signature.')
    if (url.hash) return no('An address ends before #.')
    if (isForbiddenAddress(url.hostname)) return no('This is a link-local address: nothing is sent there.')
    return url.href
  })

const EventName = z.enum(SUBSCRIBABLE_EVENTS as [WebhookEventName, ...WebhookEventName[]], {
  error: `It is one of: ${SUBSCRIBABLE_EVENTS.join(', ')}.`,
})

/** A webhook as it is entered. */
export const WebhookInput = z
  .object({
    url: WebhookUrl,
    /** Left out: its host */
    name: z
      .string()
      .trim()
      .min(1, 'A name is needed.')
      .max(60, 'A name has at most 60 characters.')
      .regex(/^\P{Cc}*$/u, 'A name has no control characters.')
      .optional(),
    /** None: all, also those of later versions */
    events: z.array(z.string().pipe(EventName)).default([]),
    /** Null: of all types */
    typeIds: z.array(z.uuid()).min(1, 'Choose at least one profile type, or every type.').max(1_000).nullable().default(null),
    /** Whose orders; null: everybody's, staff's among them */
    partnerId: z.uuid().nullable().default(null),
    /** Somebody has said that an address without TLS is meant */
    inTheClear: z.boolean().default(false),
    /** PEM of the CAs that its server's certificate comes from; left out: as it was, or the system's */
    trustedCa: z.string().trim().max(100_000, 'This file is too large for certificates.').nullable().optional(),
  })
  .refine(({ url, inTheClear }) => inTheClear || !isInTheClear(url), {
    path: ['url'],
    message: 'Without TLS everybody on the way can read what is told. Give an https:// address, or say that this is meant.',
  })
export type WebhookInput = z.infer<typeof WebhookInput>

const newSecret = (): string => `${secretPrefix}${randomBytes(secretBytes).toString('base64url')}`

async function settingsOf(tx: Transaction, now: Date, input: WebhookInput, present?: WebhookRow): Promise<WebhookSettings> {
  const { url, events, partnerId } = input
  const typeIds = input.typeIds && [...new Set(input.typeIds)]
  if (typeIds && (await countTypes(tx, typeIds)) < typeIds.length)
    throw new FormError('', { typeIds: 'One of these profile types is not there any more. Reload the page.' })
  if (partnerId !== null && !(await lockPartner(tx, partnerId)))
    throw new FormError('', { partnerId: 'This partner is not there any more. Reload the page.' })
  const trustedCa = input.trustedCa === undefined ? (present?.trustedCa ?? null) : input.trustedCa && readTrustedCa(input.trustedCa, now)
  return { url, name: input.name ?? new URL(url).host, events: [...new Set(events)], typeIds, partnerId, trustedCa }
}

const audited = ({ url, events, typeIds, partnerId, trustedCa }: WebhookSettings) => ({
  url,
  events: events.length > 0 ? events : 'every event',
  types: typeIds ?? 'every type',
  partner: partnerId ?? 'everybody’s orders',
  trusts: trustedCa ? 'CAs of its own' : 'the system’s CAs',
})

/**
 * Adds a webhook: what happens from now on is told.
 * @returns `secret` is seen this once
 * @throws NotAllowed, FormError, z.ZodError
 */
export async function addWebhook(
  db: Database,
  { actor, now, vault }: PartnerContext,
  input: z.input<typeof WebhookInput>,
): Promise<{ id: string; name: string; secret: string }> {
  requireMay(actor, 'endpoint:write')
  const wanted = WebhookInput.parse(input)
  return transaction(db, async tx => {
    const settings = await settingsOf(tx, now, wanted)
    const { name } = settings
    const id = randomUUID()
    const secret = newSecret()
    await insertWebhook(tx, id, settings, { secret: vault.seal(Buffer.from(secret), endpointSecretIdentity(id)), at: now, by: actor.name })
    await audit(tx, actor, 'endpoint:write', { target: name, detail: { id, added: true, ...audited(settings) } })
    return { id, name, secret }
  })
}

/** All that are not removed, by name. @throws NotAllowed */
export async function listWebhooks(db: Queryable, actor: Actor): Promise<Webhook[]> {
  requireMay(actor, 'partner:read')
  return readWebhooks(db)
}

async function changed(
  db: Database,
  { actor }: PartnerContext,
  id: string,
  change: (tx: Transaction, present: WebhookRow) => Promise<Record<string, unknown>>,
): Promise<WebhookRow> {
  requireMay(actor, 'endpoint:write')
  return transaction(db, async tx => {
    const present = await lockWebhook(tx, z.uuid().parse(id))
    if (!present) throw new FormError('This webhook is not there any more.')
    const detail = await change(tx, present)
    await audit(tx, actor, 'endpoint:write', { target: present.name, detail: { id, ...detail } })
    return present
  })
}

/** Changes where it is and what it is told; what waits goes to the new address. @throws NotAllowed, FormError, z.ZodError */
export async function changeWebhook(db: Database, ctx: PartnerContext, id: string, input: z.input<typeof WebhookInput>): Promise<void> {
  const wanted = WebhookInput.parse(input)
  await changed(db, ctx, id, async (tx, present) => {
    const settings = await settingsOf(tx, ctx.now, wanted, present)
    await updateWebhook(tx, id, settings)
    return { ...audited(settings), name: settings.name, before: audited(present) }
  })
}

/** Holds back what it is to be told, or lets it go on: nothing is lost meanwhile. @throws NotAllowed, FormError */
export async function pauseWebhook(db: Database, ctx: PartnerContext, id: string, paused: boolean): Promise<void> {
  await changed(db, ctx, id, async tx => {
    await pauseWebhookRow(tx, id, paused ? ctx.now : null)
    return { paused }
  })
}

/** It is told nothing any more, nor what waits. @throws NotAllowed, FormError */
export async function removeWebhook(db: Database, ctx: PartnerContext, id: string): Promise<void> {
  await changed(db, ctx, id, async (tx, { url }) => {
    await removeWebhookRow(tx, id, ctx.now)
    return { removed: url }
  })
}

/**
 * Gives it another secret, by which everything is signed from now on, what waits too: what is refused until the other side has it is sent again.
 * @returns `secret` is seen this once
 * @throws NotAllowed, FormError
 */
export async function rotateSecret(db: Database, ctx: PartnerContext, id: string): Promise<{ name: string; secret: string }> {
  const secret = newSecret()
  const { name } = await changed(db, ctx, id, async tx => {
    await setWebhookSecret(tx, id, ctx.vault.seal(Buffer.from(secret), endpointSecretIdentity(id)))
    return { secret: 'new' }
  })
  return { name, secret }
}
