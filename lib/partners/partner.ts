import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { isUniqueViolation } from '@/lib/db/failures'
import { type CallbackRow, readCallbacks, renameCallback } from '@/lib/db/partners/callback-rows'
import { type PartnerCertificateRow, readPartnerCertificates } from '@/lib/db/partners/partner-certificate-rows'
import {
  insertPartner,
  type PartnerRow,
  readPartnerRow,
  readPartners,
  removePartnerRow,
  setPartnerTypes,
  updatePartner,
} from '@/lib/db/partners/partner-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { auditedCallback, writeCallback } from './callback'
import type { PartnerContext } from './context'
import { heldPartner } from './held-partner'
import { type CertificateGiven, writeCertificate } from './partner-certificates'
import { PartnerEdit, PartnerInput } from './partner-input'
import { forgetCallers } from './partner-of-certificate'

export type { PartnerContext } from './context'
export { type KnownPartner, mayUseType, partnerActor } from './known-partner'
export { addPartnerCertificate, removePartnerCertificate } from './partner-certificates'
export { PartnerEdit, PartnerInput } from './partner-input'
export { partnerOfCertificate, type ShownCertificate, type UnknownCaller } from './partner-of-certificate'

/** Who orders by ES2+, with what it is known by and where it is told. */
export interface Partner extends PartnerRow {
  certificates: PartnerCertificateRow[]
  callback: CallbackRow | null
}

async function withParts(db: Queryable, rows: readonly PartnerRow[]): Promise<Partner[]> {
  const ids = rows.map(({ id }) => id)
  const [certificates, callbacks] = await Promise.all([readPartnerCertificates(db, ids), readCallbacks(db, ids)])
  return rows.map(row => ({
    ...row,
    certificates: certificates.filter(({ partnerId }) => partnerId === row.id),
    callback: callbacks.find(({ partnerId }) => partnerId === row.id) ?? null,
  }))
}

/** All that are not removed, by name. @throws NotAllowed */
export async function listPartners(db: Queryable, actor: Actor): Promise<Partner[]> {
  requireMay(actor, 'partner:read')
  return withParts(db, await readPartners(db))
}

/** @returns undefined when there is none with this id. @throws NotAllowed */
export async function readPartner(db: Queryable, actor: Actor, id: string): Promise<Partner | undefined> {
  requireMay(actor, 'partner:read')
  const row = z.uuid().safeParse(id).success ? await readPartnerRow(db, id) : undefined
  return row && (await withParts(db, [row]))[0]
}

async function takenNames<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error, 'partner_name')) throw new FormError('', { name: 'There is a partner of this name already.' })
    if (isUniqueViolation(error, 'partner_identifier'))
      throw new FormError('', { identifier: 'Another partner has this identifier: calls could not be told apart.' })
    throw error
  }
}

async function writeTypes(tx: Transaction, id: string, { allTypes, typeIds }: Pick<PartnerEdit, 'allTypes' | 'typeIds'>): Promise<void> {
  const wanted = allTypes ? [] : [...new Set(typeIds)]
  if ((await setPartnerTypes(tx, id, wanted)) < wanted.length)
    throw new FormError('', { typeIds: 'One of these profile types is not there any more. Reload the page.' })
}

const auditedSettings = ({ identifier, allTypes, types, headerVersion }: PartnerRow) => ({
  identifier,
  types: allTypes ? 'every type' : types.map(({ name }) => name),
  headerVersion,
})

/**
 * Adds a partner, with certificates and a callback if they are known already.
 * @throws NotAllowed, FormError when the name, the identifier or a certificate is somebody's already or something does not fit
 */
export async function addPartner(
  db: Database,
  ctx: PartnerContext,
  input: z.input<typeof PartnerInput>,
  certificates: readonly CertificateGiven[] = [],
): Promise<{ id: string }> {
  requireMay(ctx.actor, 'partner:write')
  const wanted = PartnerInput.parse(input)
  const made = { at: ctx.now, by: ctx.actor.name }
  const id = await takenNames(() =>
    transaction(db, async tx => {
      const added = await insertPartner(tx, wanted, made)
      await writeTypes(tx, added, wanted)
      const kept = []
      for (const given of certificates) kept.push(await writeCertificate(tx, ctx, added, given))
      const callback = wanted.callback && (await writeCallback(tx, ctx, { id: added, name: wanted.name }, wanted.callback, null))
      const row = await readPartnerRow(tx, added)
      if (!row) throw new Error('The partner was not added.')
      await audit(tx, ctx.actor, 'partner:write', {
        target: row.name,
        detail: {
          created: true,
          id: added,
          ...auditedSettings(row),
          ...(kept.length > 0 ? { certificates: kept } : {}),
          ...(callback ? { callback: auditedCallback(callback) } : {}),
        },
      })
      return added
    }),
  )
  forgetCallers(db)
  return { id }
}

/** Gives a partner other settings; its next call is judged by them. @throws NotAllowed, FormError */
export async function changePartner(db: Database, ctx: PartnerContext, input: z.input<typeof PartnerEdit>): Promise<{ version: number }> {
  requireMay(ctx.actor, 'partner:write')
  const wanted = PartnerEdit.parse(input)
  const version = await takenNames(() =>
    transaction(db, async tx => {
      const before = await heldPartner(tx, wanted.id, wanted.version)
      await updatePartner(tx, wanted.id, wanted)
      await writeTypes(tx, wanted.id, wanted)
      if (before.name !== wanted.name) await renameCallback(tx, wanted.id, wanted.name)
      const after = await readPartnerRow(tx, wanted.id)
      if (!after) throw new Error('The partner is gone.')
      const settings = auditedSettings(after)
      await audit(tx, ctx.actor, 'partner:write', {
        target: after.name,
        detail: {
          changed: true,
          id: wanted.id,
          ...(before.name === after.name ? {} : { nameBefore: before.name }),
          ...settings,
          before: auditedSettings(before),
        },
      })
      return after.version
    }),
  )
  forgetCallers(db)
  return { version }
}

/**
 * Ends a partner: its calls are refused from then on and it is told nothing any more. Its orders and profiles stay as they are.
 * @throws NotAllowed, FormError when it is gone already
 */
export async function removePartner(db: Database, ctx: PartnerContext, id: string): Promise<{ name: string }> {
  requireMay(ctx.actor, 'partner:write')
  const name = await transaction(db, async tx => {
    const partner = await heldPartner(tx, z.uuid().parse(id))
    await removePartnerRow(tx, id, { at: ctx.now, by: ctx.actor.name })
    await audit(tx, ctx.actor, 'partner:write', { target: partner.name, detail: { removed: true, id, identifier: partner.identifier } })
    return partner.name
  })
  forgetCallers(db)
  return { name }
}
