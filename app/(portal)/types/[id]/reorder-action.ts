'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import type { Reorder } from '@/lib/inventory/stock-levels/kept-reorders'
import { makeReorder, ReorderInput } from '@/lib/inventory/stock-levels/reorder'

const { shape } = ReorderInput

const emptyIsNone = (text: string): string | undefined => text.trim() || undefined
const Text = z.string().transform(emptyIsNone)

/** The form's fields as they were typed. */
const ReorderFields = z.object({
  typeId: shape.typeId,
  quantity: z
    .string()
    .transform(text => text.replace(/[\s,.]/g, ''))
    .pipe(z.string().regex(/^[0-9]{1,9}$/, 'A whole number is needed.'))
    .transform(Number)
    .pipe(shape.quantity.unwrap()),
  vendor: Text.pipe(shape.vendor),
  firstIccid: Text.pipe(shape.firstIccid),
  firstImsi: Text.pipe(shape.firstImsi),
})

export const reorder = operatorAction(
  'batch:upload',
  ReorderFields,
  (input, { db, actor, now }): Promise<Reorder> => makeReorder(db, { actor, now }, input),
)
