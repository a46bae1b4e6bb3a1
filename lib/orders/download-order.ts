import { randomUUID } from 'node:crypto'
import { moveOrdered } from '@/lib/db/move-profiles'
import { insertOrders, lockProfiles, type OrderedProfile, type OrderReason } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import { type Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { takeAvailable } from './take-available'

/** Whom an order is for, and why it is made. */
export interface OrderFacts {
  customerEmail?: string | undefined
  /** The operator's own name of it */
  reference?: string | undefined
  language?: string | undefined
  reason?: OrderReason | undefined
  /** Wrong confirmation codes after which it ends; left out: the profile type's */
  confirmationLimit?: number | undefined
}

export interface DownloadOrderInput extends OrderFacts {
  iccid?: Iccid | undefined
  profileType?: string | undefined
  eid?: Eid | undefined
}

/** A download order of a profile that was chosen. */
export interface ChosenOrder extends OrderFacts {
  iccid: Iccid
  eid?: Eid | undefined
  /** One is made when it is left out. */
  orderId?: string | undefined
}

export type Ordered = { iccid: Iccid; orderId: string; refusal?: undefined } | { iccid: Iccid; refusal: RspError }

/**
 * ES2+.DownloadOrder, SGP.22 §5.3.1: reserves a profile, for one eUICC when an EID is given (Linked), else for any (Allocated).
 * @throws RspError iccidUnknown, iccidInUse, profileTypeUnknown, profileTypeExhausted, profileTypeMismatch, fieldMissing
 */
export async function downloadOrder(
  tx: Transaction,
  ctx: OrderContext,
  { profileType, ...input }: DownloadOrderInput,
): Promise<{ iccid: string; orderId: string }> {
  const iccid = input.iccid ?? (await taken(tx, profileType))
  const [ordered] = await downloadOrders(tx, ctx, [{ ...input, iccid }], { profileType })
  if (!ordered || ordered.refusal) throw ordered?.refusal ?? new RspError('iccidUnknown', iccid)
  return ordered
}

async function taken(tx: Transaction, profileType: string | undefined): Promise<Iccid> {
  if (!profileType) throw new RspError('fieldMissing', 'iccid or profileType')
  const [profile] = await takeAvailable(tx, profileType, 1)
  if (!profile) throw new RspError('profileTypeExhausted', profileType)
  return Iccid.parse(profile.iccid)
}

/**
 * The same for many, by a few statements. @returns what became of each, in the order given: a refusal changes nothing
 * @param common.profileType that all must be of
 * @param common.runId the run in which they are issued
 */
export async function downloadOrders(
  tx: Transaction,
  ctx: OrderContext,
  inputs: readonly ChosenOrder[],
  { profileType, runId = null }: { profileType?: string | undefined; runId?: string | null } = {},
): Promise<Ordered[]> {
  const profiles = await lockProfiles(
    tx,
    inputs.map(({ iccid }) => iccid),
  )
  const free = new Set(profiles.keys())
  const chosen: { input: ChosenOrder; profile: OrderedProfile; orderId: string }[] = []
  const ordered = inputs.map((input): Ordered => {
    const { iccid } = input
    const profile = profiles.get(iccid)
    if (!profile) return { iccid, refusal: new RspError('iccidUnknown', iccid) }
    if (profileType && profile.typeName !== profileType) return { iccid, refusal: new RspError('profileTypeMismatch', profile.typeName) }
    if (profile.state !== 'Available') return { iccid, refusal: new RspError('iccidInUse', `${iccid} is ${profile.state}.`) }
    if (!free.delete(iccid)) return { iccid, refusal: new RspError('iccidInUse', `${iccid} is named twice.`) }
    const orderId = input.orderId ?? randomUUID()
    chosen.push({ input, profile, orderId })
    return { iccid, orderId }
  })
  await insertOrders(
    tx,
    chosen.map(({ input, profile: { iccid, downloadLimit, confirmationLimit }, orderId }) => ({
      id: orderId,
      iccid,
      eid: input.eid ?? null,
      downloadLimit,
      confirmationLimit: input.confirmationLimit ?? confirmationLimit,
      customerEmail: input.customerEmail ?? null,
      reference: input.reference ?? null,
      language: input.language ?? null,
      reason: input.reason ?? 'new',
    })),
    { createdAt: ctx.now, createdBy: ctx.actor.name, runId },
  )
  await moveOrdered(
    tx,
    chosen.map(({ input: { eid }, profile: { iccid }, orderId }) => ({
      iccid,
      orderId: null,
      from: 'Available',
      event: eid ? 'link' : 'allocate',
      opens: orderId,
      eid,
    })),
    { at: ctx.now, actor: ctx.actor.name, kind: 'downloadOrder', forgetDevice: true },
  )
  return ordered
}
