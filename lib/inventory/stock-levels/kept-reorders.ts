import { z } from 'zod'
import type { Queryable } from '@/lib/db/pool'
import { readSetting, readSettings, writeSetting } from '@/lib/db/setting-rows'

const Range = z.object({ first: z.string(), last: z.string() })

/** An order to a vendor: the numbers that the cards are to have. They are not given away a second time. */
export const Reorder = z.object({
  at: z.string(),
  by: z.string(),
  typeName: z.string(),
  vendor: z.string().optional(),
  quantity: z.int(),
  /** As the cards have them, with a check digit where the type's have one */
  iccid: Range,
  checkDigit: z.boolean(),
  imsi: Range.optional(),
})
export type Reorder = z.infer<typeof Reorder>

const Kept = z.object({ orders: z.array(Reorder) })
const keptOrders = 100
const prefix = 'reorder:'

const ordersIn = (value: unknown): Reorder[] => Kept.safeParse(value).data?.orders ?? []

/** The orders to vendors that were made ready for a type, newest first. */
export const reordersOf = async (db: Queryable, typeId: string): Promise<Reorder[]> =>
  ordersIn((await readSetting(db, `${prefix}${typeId}`))?.value)

/** Those of all types. */
export const allReorders = async (db: Queryable): Promise<Reorder[]> =>
  (await readSettings(db, prefix)).flatMap(({ value }) => ordersIn(value))

/** Adds one to a type's; the oldest of very many is forgotten. */
export async function keepReorder(db: Queryable, typeId: string, order: Reorder): Promise<void> {
  const orders = [order, ...(await reordersOf(db, typeId))].slice(0, keptOrders)
  await writeSetting(db, `${prefix}${typeId}`, { orders }, order.by)
}
