import { type OrderedProfile, typeIdByName } from '@/lib/db/order-rows'
import { latestPartners } from '@/lib/db/partners/order-owner-rows'
import type { Transaction } from '@/lib/db/pool'
import { RspError } from '@/lib/rsp/status'
import type { OrderingPartner } from './context'

const mayUse = ({ allTypes, typeIds }: OrderingPartner, typeId: string): boolean => allTypes || typeIds.includes(typeId)

/**
 * The profiles that a partner may not touch (iccidNotAllowed), by their ICCIDs: of stock, those of types that are not for it; of the others, those whose
 * order, the open or the latest one, is not its own. Asked before anything else about a profile, so that a refusal tells nothing of what is others'.
 */
export async function notOfPartner(
  tx: Transaction,
  partner: OrderingPartner | undefined,
  profiles: Iterable<OrderedProfile>,
): Promise<Map<string, RspError>> {
  const refusals = new Map<string, RspError>()
  if (!partner) return refusals
  const all = [...profiles]
  const ended = all.filter(({ state, orderId }) => state !== 'Available' && orderId === null).map(({ iccid }) => iccid)
  const owners = ended.length > 0 ? await latestPartners(tx, ended) : new Map<string, string | null>()
  for (const { iccid, state, orderId, typeId, partnerId } of all) {
    const owner = orderId === null ? owners.get(iccid) : partnerId
    const neverOrdered = state === 'Available' || owner === undefined
    if (neverOrdered ? !mayUse(partner, typeId) : owner !== partner.id) refusals.set(iccid, new RspError('iccidNotAllowed', iccid))
  }
  return refusals
}

/** @throws RspError profileTypeUnknown, profileTypeNotAllowed */
export async function requireTypeOf(tx: Transaction, partner: OrderingPartner | undefined, profileType: string): Promise<void> {
  const typeId = await typeIdByName(tx, profileType)
  if (typeId === undefined) throw new RspError('profileTypeUnknown', profileType)
  if (partner && !mayUse(partner, typeId)) throw new RspError('profileTypeNotAllowed', profileType)
}
