import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { moveProfile } from '@/lib/db/move-profile'
import { lockProfile } from '@/lib/db/order-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { addEvent } from '@/lib/db/profile-events'
import { insertReplacement, type ReplacementRow, readReplacedBy, readReplacements, readStandsInFor } from '@/lib/db/replacement-rows'
import { type ReuseRow, readReuse } from '@/lib/db/reuse-rows'
import { FormError } from '@/lib/form-error'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid } from '@/lib/rsp/identifiers'
import { statesBefore } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import { cancelOrder } from '../cancel-order'
import type { OrderContext } from '../context'
import { requireEid } from '../eid-policy'
import type { Issued } from '../issue'
import { revokeLinks } from '../links/customer-links'
import { CustomerEmail, OrderLanguage, SpacedEid } from '../order-fields'
import { takeAvailable } from '../take-available'
import { nextOrder } from './next-order'
import { withdrawPastPolicy } from './past-policy'
import { Reason } from './reason'

export { type ExchangeInput, exchangeFile } from './exchange-file'

export const ReplaceInput = z.object({
  iccid: Iccid,
  reason: Reason,
  /** Left out: the type of the profile that is replaced */
  type: z.string().min(1).optional(),
  /** The eUICC of the new phone, where it is known */
  eid: SpacedEid.optional(),
  /** Left out: as with the order before */
  customerEmail: CustomerEmail.optional(),
  /** Left out: as with the order before */
  language: OrderLanguage.optional(),
  /** Null: none. Left out: where the profile type asks for one, it is made. */
  confirmationCode: ConfirmationCode.nullish(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.date().nullish(),
})
export type ReplaceInput = z.infer<typeof ReplaceInput>

/** The order of the fresh profile, and which profile it takes the place of. */
export type Replaced = Issued & { oldIccid: string }

/**
 * Gives the customer of a lost or broken phone a fresh profile from stock, with another ICCID and IMSI, and bars the old one for good. Nothing is barred
 * where there is none in stock.
 * @throws FormError when there is nothing to replace; RspError profileTypeExhausted and others of downloadOrder and confirmOrder; NotAllowed
 */
export function replaceProfile(db: Database, ctx: OrderContext, input: ReplaceInput): Promise<Replaced> {
  requireMay(ctx.actor, 'order:replace')
  if (input.expiresAt && input.expiresAt <= ctx.now)
    throw new FormError('The expiry lies in the past.', { expiresAt: 'Choose a later time' })
  return transaction(db, async tx => {
    await requireEid(tx, input.eid)
    const held = await lockProfile(tx, input.iccid)
    const old = held && (await readReuse(tx, input.iccid))
    if (!old) throw new RspError('iccidUnknown', input.iccid)
    await requireReplaceable(tx, old)
    const { reason, type, eid, iccid: oldIccid, ...wishes } = input
    const [fresh] = await takeAvailable(tx, type ?? old.typeName, 1)
    if (!fresh) throw new RspError('profileTypeExhausted', type ?? old.typeName)
    const iccid = Iccid.parse(fresh.iccid)

    await bar(tx, ctx, old, { newIccid: iccid, reason })
    await withdrawPastPolicy(tx, ctx, oldIccid)
    const issued = await nextOrder(tx, ctx, { iccid, eid, reason: 'replacement', last: old.last, wishes })
    await addEvent(tx, {
      at: ctx.now,
      iccid,
      orderId: issued.orderId,
      actor: ctx.actor.name,
      kind: 'replacement',
      outcome: 'ok',
      data: { oldIccid, reason },
    })
    await insertReplacement(tx, {
      at: ctx.now,
      oldIccid,
      newIccid: iccid,
      reason,
      reference: old.last?.reference ?? null,
      orderId: issued.orderId,
      createdBy: ctx.actor.name,
    })
    await audit(tx, ctx.actor, 'order:replace', {
      target: oldIccid,
      detail: { newIccid: iccid, orderId: issued.orderId, from: old.state, reason },
    })
    return { ...issued, oldIccid }
  })
}

/** @throws FormError */
async function requireReplaceable(tx: Transaction, { iccid, state }: ReuseRow): Promise<void> {
  if (state === 'Available') throw new FormError('The profile is in stock and nobody has it, so there is nothing to replace.')
  if (state !== 'Unavailable') return
  const by = await readReplacedBy(tx, iccid)
  throw new FormError(
    by
      ? `The profile has been replaced already: ${by.newIccid} took its place.`
      : 'The profile is out of use already. Issue another one to the customer.',
  )
}

/** Takes the old profile out of use, whatever its state, with all that would still give it out. */
async function bar(tx: Transaction, ctx: OrderContext, old: ReuseRow, data: { newIccid: string; reason: string }): Promise<void> {
  const iccid = Iccid.parse(old.iccid)
  const common = { at: ctx.now, iccid, actor: ctx.actor.name, outcome: 'ok' } as const
  if (statesBefore('bar').includes(old.state))
    await moveProfile(tx, {
      iccid,
      orderId: null,
      from: [old.state],
      event: 'bar',
      at: ctx.now,
      timeline: { ...common, ...(old.claimedEid ? { eid: old.claimedEid } : {}), kind: 'bar', data },
    })
  else {
    await cancelOrder(tx, ctx, { iccid, finalProfileStatusIndicator: 'Unavailable' })
    await addEvent(tx, { ...common, kind: 'replacement', data })
  }
  await revokeLinks(tx, { iccid, by: ctx.actor.name, at: ctx.now })
}

/** Newest first; `before` is the id of the last one of the page before. */
export const listReplacements = (
  db: Queryable,
  page: { before?: string | undefined; limit: number; notExported?: boolean | undefined },
): Promise<ReplacementRow[]> => readReplacements(db, page)

/** What took the profile's place, and whose place it took itself. */
export async function replacementOf(db: Queryable, iccid: string): Promise<{ replacedBy?: ReplacementRow; standsInFor?: ReplacementRow }> {
  const [replacedBy, standsInFor] = await Promise.all([readReplacedBy(db, iccid), readStandsInFor(db, iccid)])
  return { ...(replacedBy ? { replacedBy } : {}), ...(standsInFor ? { standsInFor } : {}) }
}
