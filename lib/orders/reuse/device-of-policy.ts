import type { Transaction } from '@/lib/db/pool'
import { readReuse } from '@/lib/db/reuse-rows'
import { RspError } from '@/lib/rsp/status'

/**
 * Where the policy lets only the same device have a profile again, the order for it does not become another one's by binding.
 * @param eid the eUICC for which the open order is to be; null: any
 * @throws RspError iccidInUse
 */
export async function requireDeviceOfPolicy(tx: Transaction, iccid: string, eid: string | null): Promise<void> {
  const { last, before, reuseDevice } = (await readReuse(tx, iccid)) ?? {}
  if (last?.reason !== 'reissue' || reuseDevice !== 'same' || !before || before.pastPolicy) return
  if (before.eid === null || before.eid === eid) return
  throw new RspError(
    'iccidInUse',
    `The policy of its type lets only the eUICC that had this profile download it again (EID ending ${before.eid.slice(-4)}). Move it past the policy to make it another one’s.`,
  )
}
