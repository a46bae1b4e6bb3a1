import { lockAvailable, type OrderedProfile, profileTypeExists } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import { RspError } from '@/lib/rsp/status'

/** Holds `count` profiles of a type that are in stock. @throws RspError profileTypeUnknown, profileTypeExhausted when there are fewer */
export async function takeAvailable(tx: Transaction, profileType: string, count: number): Promise<OrderedProfile[]> {
  if (!(await profileTypeExists(tx, profileType))) throw new RspError('profileTypeUnknown', profileType)
  const profiles = await lockAvailable(tx, profileType, count)
  if (profiles.length < count)
    throw new RspError('profileTypeExhausted', `${profileType} has ${profiles.length} left, ${count} were asked for.`)
  return profiles
}
