import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { type Eid, Iccid } from '@/lib/rsp/identifiers'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import { bindProfile, unbindProfile } from './bind-profile'
import type { OrderContext } from './context'
import { downloadOrder } from './download-order'
import { requireEid } from './eid-policy'
import { customerFields, SpacedEid } from './order-fields'

export const BindInput = z.object({ iccid: Iccid, eid: SpacedEid, ...customerFields })
export type BindInput = z.infer<typeof BindInput>
export const UnbindInput = z.object({ iccid: Iccid })
export type UnbindInput = z.infer<typeof UnbindInput>

export interface Bound {
  iccid: Iccid
  state: ProfileState
  /** The eUICC that alone can download it from now on; null: any */
  eid: Eid | null
}

/**
 * Makes a profile one device's: one in stock is reserved for it (Linked, with the customer that is given), one with an order that no device has taken
 * yet becomes its, whichever it was for before.
 * @throws FormError, RspError, StaleState, NotAllowed
 */
export async function bind(db: Database, ctx: OrderContext, input: BindInput): Promise<Bound> {
  requireMay(ctx.actor, 'order:bind')
  await requireEid(db, input.eid)
  const { iccid, eid } = input
  const state = await inWords(
    transaction(db, async tx => {
      const after = await bindProfile(tx, ctx, input)
      await audit(tx, ctx.actor, 'order:bind', { target: iccid, detail: { eid, state: after } })
      return after
    }),
  )
  return { iccid, state, eid }
}

/** Reserves a profile of a type for one device (Linked). @throws FormError, RspError, NotAllowed */
export async function bindFromStock(
  db: Database,
  ctx: OrderContext,
  { type, eid, ...customer }: Omit<BindInput, 'iccid'> & { type: string },
): Promise<Bound> {
  requireMay(ctx.actor, 'order:bind')
  await requireEid(db, eid)
  return transaction(db, async tx => {
    const { iccid } = await downloadOrder(tx, ctx, { profileType: type, eid, ...customer })
    await audit(tx, ctx.actor, 'order:bind', { target: iccid, detail: { eid, state: 'Linked' } })
    return { iccid: Iccid.parse(iccid), state: 'Linked', eid }
  })
}

/** Lets any device have a profile that was bound to one and that it has not taken. @throws FormError, RspError, StaleState, NotAllowed */
export async function unbind(db: Database, ctx: OrderContext, { iccid }: UnbindInput): Promise<Bound> {
  requireMay(ctx.actor, 'order:bind')
  const state = await inWords(
    transaction(db, async tx => {
      const after = await unbindProfile(tx, ctx, { iccid })
      await audit(tx, ctx.actor, 'order:bind', { target: iccid, detail: { eid: null, state: after } })
      return after
    }),
  )
  return { iccid, state, eid: null }
}

/** What stands against it is told whole: the codes of ES2+ have no sentence for binding. */
async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof RspError && error.status !== 'iccidUnknown' && error.detail) throw new FormError(error.detail)
    throw error
  }
}
