import type { OrderReason } from '@/lib/db/order-rows'
import type { Transaction } from '@/lib/db/pool'
import type { LastOrder } from '@/lib/db/reuse-rows'
import type { Eid, Iccid } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import type { OrderContext } from '../context'
import { type Issued, issueOrders } from '../issue-orders'

/** What is said of the next order; what is left out is as with the order before, or as the profile type has it. */
export interface CustomerWishes {
  customerEmail?: string | undefined
  language?: string | undefined
  /** Null: none */
  confirmationCode?: string | null | undefined
  /** Null: without end */
  expiresAt?: Date | null | undefined
}

interface NextOrder {
  iccid: Iccid
  eid?: Eid | undefined
  reason: OrderReason
  /** The order before, of the same customer */
  last: LastOrder | null
  wishes: CustomerWishes
}

/** The same customer's next order, ready for download, with a page of its own. @throws RspError */
export async function nextOrder(tx: Transaction, ctx: OrderContext, { iccid, eid, reason, last, wishes }: NextOrder): Promise<Issued> {
  const { customerEmail, language, confirmationCode, expiresAt } = wishes
  const order = {
    iccid,
    eid,
    customerEmail: customerEmail ?? last?.customerEmail ?? undefined,
    reference: last?.reference ?? undefined,
    language: language ?? last?.language ?? undefined,
    partnerId: last?.partnerId ?? undefined,
  }
  const [next] = await issueOrders(tx, ctx, [order], { reason, confirmationCode, expiresAt })
  if (!next || next.refusal) throw next?.refusal ?? new RspError('iccidUnknown', iccid)
  return next.issued
}
