import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { lockProfile } from '@/lib/db/order-rows'
import { type OrderTerms, readOrderTerms, writeOrderTerms } from '@/lib/db/order-terms'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { momentWords } from '@/lib/rsp/explain/amounts'
import { Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { ConfirmationLimit } from './order-fields'

/** Downloads that may be begun before the order ends. */
export const DownloadLimit = z.int('It is a whole number.').min(1, 'At least one attempt.').max(1_000, 'At most 1,000 attempts.')

export const ExtendInput = z.object({
  iccid: Iccid,
  /** Null: without end */
  expiresAt: z.date().nullable(),
})
export type ExtendInput = z.infer<typeof ExtendInput>

/** Limits as they are to be, not how many more: pressed twice, it is raised once. */
export const RaiseInput = z.object({
  iccid: Iccid,
  downloadLimit: DownloadLimit.optional(),
  confirmationLimit: ConfirmationLimit.optional(),
})
export type RaiseInput = z.infer<typeof RaiseInput>

/** The terms of an order as they are now. */
export type Extended = OrderTerms & { iccid: Iccid }

interface Wanted {
  iccid: Iccid
  expiresAt?: Date | null | undefined
  downloadLimit?: number | undefined
  confirmationLimit?: number | undefined
}

/** Lets the code of an open order be good for longer, also when it has run out; it stays the same code. @throws as `extendOrder` */
export const extendExpiry = (db: Database, ctx: OrderContext, { iccid, expiresAt }: ExtendInput): Promise<Extended> =>
  extendOrder(db, ctx, { iccid, expiresAt })

/** Lets the code of an open order be tried more often: downloads, wrong confirmation codes or both. @throws as `extendOrder` */
export const raiseLimit = (db: Database, ctx: OrderContext, { iccid, downloadLimit, confirmationLimit }: RaiseInput): Promise<Extended> =>
  extendOrder(db, ctx, { iccid, downloadLimit, confirmationLimit })

/**
 * Both in one: all that is given, or nothing. What was counted stays counted, and an order that has ended stays ended.
 * @throws FormError when the order has no code yet, has ended, or would be shortened or lowered; RspError iccidUnknown; StaleState; NotAllowed
 */
export function extendOrder(db: Database, ctx: OrderContext, wanted: Wanted): Promise<Extended> {
  requireMay(ctx.actor, 'order:extend')
  const { iccid } = wanted
  return transaction(db, async tx => {
    const profile = await lockProfile(tx, iccid)
    if (!profile) throw new RspError('iccidUnknown', iccid)
    const { orderId, matchingId } = profile
    const terms = orderId === null ? undefined : await readOrderTerms(tx, orderId)
    if (orderId === null || !terms)
      throw new FormError('There is no open order any more, so there is nothing to extend. For another try, make a new code.')
    if (matchingId === null)
      throw new FormError('The order has no code yet: until when it is good and how often it may be tried is set when the code is issued.')
    const changes = {
      ...expiryOf(terms, wanted.expiresAt, ctx.now),
      ...limitOf('downloadLimit', terms, wanted, 'downloads'),
      ...limitOf('confirmationLimit', terms, wanted, 'confirmation codes'),
    }
    if (Object.keys(changes).length === 0) throw new FormError('Say until when the code is to be good, or how often it may be tried.')
    const { confirmationCodeRequired: _, ...before } = terms
    const after: OrderTerms = { ...before, ...changes }
    const told = toldOf(before, changes)
    await writeOrderTerms(tx, { orderId, iccid }, after, {
      at: ctx.now,
      iccid,
      orderId,
      actor: ctx.actor.name,
      kind: 'orderChanged',
      outcome: 'ok',
      data: told,
    })
    await audit(tx, ctx.actor, 'order:extend', { target: iccid, detail: { orderId, ...told } })
    return { iccid, ...after }
  })
}

/** @throws FormError */
function expiryOf({ expiresAt: before }: OrderTerms, expiresAt: Date | null | undefined, now: Date): Partial<OrderTerms> {
  if (expiresAt === undefined) return {}
  const no = (sentence: string): FormError => new FormError(sentence, { expiresAt: 'Choose a later time' })
  if (before === null) throw new FormError('The code is good without end already.')
  if (expiresAt && expiresAt <= now) throw no('That moment has passed, and the code would not work.')
  if (expiresAt && expiresAt <= before) throw no(`The code is good until ${momentWords(before)} already.`)
  return { expiresAt }
}

type Limit = 'downloadLimit' | 'confirmationLimit'

/** @throws FormError */
function limitOf(
  limit: Limit,
  terms: OrderTerms & { confirmationCodeRequired: boolean },
  { [limit]: wanted }: Pick<Wanted, Limit>,
  what: string,
): Partial<OrderTerms> {
  if (wanted === undefined) return {}
  if (limit === 'confirmationLimit' && !terms.confirmationCodeRequired)
    throw new FormError('This order asks for no confirmation code.', { [limit]: 'Leave it out' })
  if (wanted <= terms[limit])
    throw new FormError(`${terms[limit]} ${what} are allowed already: a limit is only raised.`, { [limit]: 'Choose a higher number' })
  return { [limit]: wanted }
}

/** What was changed, each with what it was. */
const toldOf = (before: OrderTerms, changes: Partial<OrderTerms>): Record<string, unknown> => ({
  ...(changes.expiresAt === undefined ? {} : { expiresAt: changes.expiresAt, expiresBefore: before.expiresAt }),
  ...(changes.downloadLimit === undefined ? {} : { downloadLimit: changes.downloadLimit, downloadLimitBefore: before.downloadLimit }),
  ...(changes.confirmationLimit === undefined
    ? {}
    : { confirmationLimit: changes.confirmationLimit, confirmationLimitBefore: before.confirmationLimit }),
})
