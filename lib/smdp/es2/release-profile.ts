import { audit } from '@/lib/accounts/audit'
import type { Transaction } from '@/lib/db/pool'
import * as orders from '@/lib/orders/release-profile'
import type { Iccid } from '@/lib/rsp/identifiers'
import type { Es2Call, Executed } from './context'
import { registerEvent } from './event'

/** ES2+.ReleaseProfile, SGP.22 §5.3.4. @throws RspError as the verb of lib/orders, smdsInaccessible, smdsError */
export async function releaseProfile(
  tx: Transaction,
  { orders: ctx, registrar, functionCallIdentifier }: Es2Call,
  { iccid }: { iccid: Iccid },
): Promise<Executed> {
  const event = await orders.releaseProfile(tx, ctx, { iccid })
  await audit(tx, ctx.actor, 'order:release', { target: iccid, detail: { function: 'releaseProfile', functionCallIdentifier } })
  if (event) await registerEvent(tx, registrar, event)
  return { iccid, members: {} }
}
