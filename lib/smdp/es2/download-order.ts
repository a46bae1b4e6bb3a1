import { audit } from '@/lib/accounts/audit'
import type { Transaction } from '@/lib/db/pool'
import * as orders from '@/lib/orders/download-order'
import type { Eid, Iccid } from '@/lib/rsp/identifiers'
import type { Es2Call, Executed } from './context'

export interface DownloadOrderRequest {
  eid: Eid | undefined
  iccid: Iccid | undefined
  profileType: string | undefined
}

/** ES2+.DownloadOrder, SGP.22 §5.3.1. @throws RspError as the verb of lib/orders */
export async function downloadOrder(
  tx: Transaction,
  { orders: ctx, functionCallIdentifier }: Es2Call,
  request: DownloadOrderRequest,
): Promise<Executed> {
  const { iccid, orderId } = await orders.downloadOrder(tx, ctx, request)
  const detail = { function: 'downloadOrder', functionCallIdentifier, orderId, eid: request.eid }
  await audit(tx, ctx.actor, 'order:issue', { target: iccid, detail })
  return { iccid, members: { iccid } }
}
