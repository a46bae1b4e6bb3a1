import { lockAvailable, type OrderedProfile } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import { RspError } from '@/lib/rsp/status'
import type { OrderingPartner } from './context'
import { requireTypeOf } from './partner-access'

/**
 * Holds `count` profiles of a type that are in stock.
 * @throws RspError profileTypeUnknown, profileTypeNotAllowed, profileTypeExhausted when there are fewer
 */
export async function takeAvailable(
  tx: Transaction,
  profileType: string,
  count: number,
  partner?: OrderingPartner | undefined,
): Promise<OrderedProfile[]> {
  const profiles = await lockAvailable(tx, profileType, count, partner && !partner.allTypes ? partner.typeIds : null)
  if (profiles.length >= count) return profiles
  await requireTypeOf(tx, partner, profileType)
  throw new RspError('profileTypeExhausted', `${profileType} has ${profiles.length} left, ${count} were asked for.`)
}
