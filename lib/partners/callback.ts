import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import {
  type CallbackRow,
  type CallbackSettings,
  insertCallback,
  pauseCallbackRow,
  readCallbacks,
  removeCallbackRow,
  setCallbackKey,
  updateCallback,
} from '@/lib/db/partners/callback-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { CallbackInput } from './callback-input'
import { endpointKeyIdentity, readClientCertificate, readTrustedCa } from './callback-tls'
import type { PartnerContext } from './context'
import { heldPartner } from './held-partner'

/** What the audit keeps of a callback: certificates by what they are for. */
export const auditedCallback = ({ url, points, trustedCa, clientCertificate }: CallbackSettings) => ({
  url,
  points,
  trusts: trustedCa ? 'CAs of its own' : 'the system’s CAs',
  shows: clientCertificate ? 'a certificate of its own' : 'this server’s certificate',
})

const callbackOf = async (db: Queryable, partnerId: string): Promise<CallbackRow | null> =>
  (await readCallbacks(db, [partnerId]))[0] ?? null

/** Keeps the callback of a partner, which the transaction holds, in place of what it had. @throws FormError */
export async function writeCallback(
  tx: Transaction,
  { actor, now, vault }: PartnerContext,
  partner: { id: string; name: string },
  input: CallbackInput,
  present: CallbackRow | null,
): Promise<CallbackSettings> {
  const { url, points, client } = input
  if (client.shows === 'kept' && !present?.clientCertificate)
    throw new FormError('', { clientCertificate: 'There is no certificate to keep: give one with its key.' })
  const own = client.shows === 'own' ? readClientCertificate(client, now) : undefined
  const kept = client.shows === 'kept' ? (present?.clientCertificate ?? null) : null
  const settings = {
    url,
    points,
    trustedCa: input.trustedCa !== undefined ? readTrustedCa(input.trustedCa, now) : null,
    clientCertificate: own?.certificate ?? kept,
  }
  const id =
    present?.id ?? (await insertCallback(tx, { ...settings, partnerId: partner.id, name: partner.name }, { at: now, by: actor.name }))
  if (present) await updateCallback(tx, id, settings)
  if (own) await setCallbackKey(tx, id, vault.seal(Buffer.from(own.key), endpointKeyIdentity(id)))
  else if (present && !kept) await setCallbackKey(tx, id, null)
  return settings
}

/** Where a partner is told of its downloads, in place of what was. @throws NotAllowed, FormError */
export async function setCallback(
  db: Database,
  ctx: PartnerContext,
  partnerId: string,
  input: z.input<typeof CallbackInput>,
): Promise<void> {
  requireMay(ctx.actor, 'partner:write')
  const wanted = CallbackInput.parse(input)
  await transaction(db, async tx => {
    const partner = await heldPartner(tx, z.uuid().parse(partnerId))
    const present = await callbackOf(tx, partnerId)
    const settings = await writeCallback(tx, ctx, partner, wanted, present)
    await audit(tx, ctx.actor, 'partner:write', {
      target: partner.name,
      detail: {
        id: partnerId,
        callback: auditedCallback(settings),
        ...(present ? { before: auditedCallback(present) } : {}),
        ...(wanted.client.shows === 'own' ? { clientKey: 'new' } : {}),
      },
    })
  })
}

async function changed(
  db: Database,
  { actor }: PartnerContext,
  partnerId: string,
  change: (tx: Transaction, present: CallbackRow) => Promise<Record<string, unknown>>,
): Promise<void> {
  await transaction(db, async tx => {
    const partner = await heldPartner(tx, z.uuid().parse(partnerId))
    const present = await callbackOf(tx, partnerId)
    if (!present) throw new FormError('This partner has no callback.')
    const detail = await change(tx, present)
    await audit(tx, actor, 'partner:write', { target: partner.name, detail: { id: partnerId, ...detail } })
  })
}

/** The partner is told nothing any more, nor what waits. @throws NotAllowed, FormError when there is none */
export async function removeCallback(db: Database, ctx: PartnerContext, partnerId: string): Promise<void> {
  requireMay(ctx.actor, 'partner:write')
  await changed(db, ctx, partnerId, async (tx, { id, url }) => {
    await removeCallbackRow(tx, id, ctx.now)
    return { callbackRemoved: url }
  })
}

/** Holds back what a partner is to be told, or lets it go on: nothing is lost meanwhile. @throws NotAllowed, FormError when there is none */
export async function pauseCallback(db: Database, ctx: PartnerContext, partnerId: string, paused: boolean): Promise<void> {
  requireMay(ctx.actor, 'partner:write')
  await changed(db, ctx, partnerId, async (tx, { id }) => {
    await pauseCallbackRow(tx, id, paused ? ctx.now : null)
    return { callbackPaused: paused }
  })
}
