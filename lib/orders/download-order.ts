import { randomUUID } from 'node:crypto'
import { moveOrdered } from '@/lib/db/move-profiles'
import { insertOrders, lockProfiles, type OrderedProfile, type OrderReason } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import { type Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from './context'
import { notOfPartner, requireTypeOf } from './partner-access'
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
  /** The partner whose profile it stays when staff make its next order */
  partnerId?: string | undefined
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

type HeldProfiles = ReadonlyMap<string, OrderedProfile>

export type Ordered = { iccid: Iccid; orderId: string; refusal?: undefined } | { iccid: Iccid; refusal: RspError }

/**
 * ES2+.DownloadOrder, SGP.22 §5.3.1: reserves a profile, for one eUICC when an EID is given (Linked), else for any (Allocated).
 * @throws RspError iccidUnknown, iccidNotAllowed, iccidInUse, profileTypeUnknown, profileTypeNotAllowed, profileTypeExhausted, profileTypeMismatch,
 * fieldMissing
 */
export async function downloadOrder(
  tx: Transaction,
  ctx: OrderContext,
  { profileType, ...input }: DownloadOrderInput,
): Promise<{ iccid: string; orderId: string }> {
  const taken = input.iccid ? undefined : await take(tx, ctx, profileType)
  const iccid = input.iccid ?? Iccid.parse(taken?.iccid)
  const held = taken && new Map([[taken.iccid, taken]])
  const [ordered] = await downloadOrders(tx, ctx, [{ ...input, iccid }], { profileType, held })
  if (ordered && !ordered.refusal) return ordered
  if (profileType && ordered?.refusal.status === 'profileTypeMismatch') await requireTypeOf(tx, ctx.partner, profileType)
  throw ordered?.refusal ?? new RspError('iccidUnknown', iccid)
}

async function take(tx: Transaction, { partner }: OrderContext, profileType: string | undefined): Promise<OrderedProfile> {
  if (!profileType) throw new RspError('fieldMissing', 'iccid or profileType')
  const [profile] = await takeAvailable(tx, profileType, 1, partner)
  if (!profile) throw new RspError('profileTypeExhausted', profileType)
  return profile
}

/**
 * The same for many, by a few statements. @returns what became of each, in the order given: a refusal changes nothing
 * @param common.profileType that all must be of
 * @param common.runId the run in which they are issued
 * @param common.held these profiles, where the transaction holds and has read them already
 */
export async function downloadOrders(
  tx: Transaction,
  ctx: OrderContext,
  inputs: readonly ChosenOrder[],
  { profileType, runId = null, held }: { profileType?: string | undefined; runId?: string | null; held?: HeldProfiles | undefined } = {},
): Promise<Ordered[]> {
  const iccids = inputs.map(({ iccid }) => iccid)
  const profiles = held ?? (await lockProfiles(tx, iccids))
  const notTheirs = await notOfPartner(tx, ctx.partner, profiles.values())
  const free = new Set(profiles.keys())
  const chosen: { input: ChosenOrder; profile: OrderedProfile; orderId: string }[] = []
  const ordered = inputs.map((input): Ordered => {
    const { iccid } = input
    const profile = profiles.get(iccid)
    if (!profile) return { iccid, refusal: new RspError('iccidUnknown', iccid) }
    const notTheir = notTheirs.get(iccid)
    if (notTheir) return { iccid, refusal: notTheir }
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
      partnerId: ctx.partner?.id ?? input.partnerId ?? null,
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
