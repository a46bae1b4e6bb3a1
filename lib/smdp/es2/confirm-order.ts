import { audit } from '@/lib/accounts/audit'
import type { Transaction } from '@/lib/db/pool'
import * as orders from '@/lib/orders/confirm-order'
import type { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import type { Es2Call, Executed } from './context'
import { registerEvent } from './event'

export interface ConfirmOrderRequest {
  iccid: Iccid
  eid: Eid | undefined
  matchingId: MatchingId | undefined
  confirmationCode: string | undefined
  smdsAddress: string | undefined
  releaseFlag: boolean
}

/** ES2+.ConfirmOrder, SGP.22 §5.3.2. @throws RspError as the verb of lib/orders, smdsInaccessible, smdsError */
export async function confirmOrder(
  tx: Transaction,
  { orders: ctx, registrar, functionCallIdentifier }: Es2Call,
  request: ConfirmOrderRequest,
): Promise<Executed> {
  const { iccid, releaseFlag, smdsAddress } = request
  const { eid, matchingId, confirmationCodeRequired, expiresAt, event } = await orders.confirmOrder(tx, ctx, request)
  const detail = { function: 'confirmOrder', functionCallIdentifier, eid, confirmationCodeRequired, expiresAt, smdsAddress, releaseFlag }
  await audit(tx, ctx.actor, 'order:issue', { target: iccid, detail })
  if (releaseFlag && event) await registerEvent(tx, registrar, event)
  return { iccid, members: { ...(eid ? { eid } : {}), matchingId, smdpAddress: ctx.smdpAddress } }
}
