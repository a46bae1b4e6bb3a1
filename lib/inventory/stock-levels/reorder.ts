import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { lockReorders } from '@/lib/db/portal/stock-levels'
import { FormError } from '@/lib/form-error'
import { freeRanges } from './free-ranges'
import { keepReorder, type Reorder } from './kept-reorders'
import { paceDays } from './pace'
import { type StockLevel, stockLevel } from './stock-levels'

/** The most that one order to a vendor asks for. */
export const mostReordered = 10_000_000

const Digits = (label: string, pattern: RegExp, message: string) =>
  z
    .string()
    .transform(text => text.replace(/[\s-]/g, ''))
    .pipe(z.string().regex(pattern, `${label} ${message}`))

/** What is asked for; what is left out comes from the type and its profiles. */
export const ReorderInput = z.object({
  typeId: z.uuid(),
  quantity: z
    .int()
    .min(1, 'At least one.')
    .max(mostReordered, `At most ${mostReordered.toLocaleString('en')}.`)
    .optional(),
  firstIccid: Digits('An ICCID', /^89[0-9]{16,18}$/, 'begins with 89 and has 18 to 20 digits.').optional(),
  firstImsi: Digits('An IMSI', /^[0-9]{15}$/, 'has 15 digits.').optional(),
  vendor: z
    .string()
    .trim()
    .max(64, 'A name has at most 64 characters.')
    .regex(/^\P{Cc}*$/u, 'A name has no control characters.')
    .optional(),
})
export type ReorderInput = z.infer<typeof ReorderInput>

/** How many to order when nobody says: what the type says, or what goes out in eight weeks. Undefined when nobody can know. */
export function suggestedQuantity({ reorderQuantity, pace }: Pick<StockLevel, 'reorderQuantity' | 'pace'>): number | undefined {
  if (reorderQuantity !== null) return reorderQuantity
  if (!pace.known || pace.perDay === 0) return undefined
  const exact = Math.min(mostReordered, pace.perDay * 2 * paceDays)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1)
  return Math.max(1, Math.ceil(exact / step) * step)
}

/**
 * Makes an order to a vendor ready: the next free ranges of ICCIDs, and of IMSIs where the type's profiles have them, after the highest
 * of that type. No number of them is in any profile, draft or order to a vendor, and from now on they are kept for this one.
 * @throws FormError when something must be said first or there is no room; NotAllowed
 */
export async function makeReorder(db: Database, ctx: { actor: Actor; now: Date }, input: ReorderInput): Promise<Reorder> {
  requireMay(ctx.actor, 'batch:upload')
  const level = await stockLevel(db, ctx.now, input.typeId)
  if (!level) throw new FormError('There is no such profile type.')
  const quantity = input.quantity ?? suggestedQuantity(level)
  if (!quantity)
    throw new FormError('Say how many: the type names no number, and there are too few orders yet to tell.', { quantity: 'How many?' })
  return transaction(db, async tx => {
    await lockReorders(tx)
    const order: Reorder = {
      at: ctx.now.toISOString(),
      by: ctx.actor.name,
      typeName: level.typeName,
      quantity,
      ...(input.vendor ? { vendor: input.vendor } : {}),
      ...(await freeRanges(tx, { ...input, quantity })),
    }
    await keepReorder(tx, input.typeId, order)
    await audit(tx, ctx.actor, 'batch:upload', {
      target: level.typeName,
      result: 'reorder made',
      detail: { quantity, iccid: order.iccid, imsi: order.imsi },
    })
    return order
  })
}
