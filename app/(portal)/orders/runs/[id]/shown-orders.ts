import type { RunOrder } from '@/lib/db/run-rows'
import type { OrderContext } from '@/lib/orders/context'
import { customerPageUrl } from '@/lib/orders/links/customer-links'
import type { ProfileState } from '@/lib/rsp/lifecycle'

/** An order in the table of its run. */
export interface ShownOrder {
  iccid: string
  state: ProfileState
  matchingId: string | null
  eid: string | null
  reference: string | null
  customerEmail: string | null
  cancelled: boolean
  /** Address of the customer's page, for those who may see it, while it is good */
  url: string | undefined
}

export const shownOrders = (orders: RunOrder[], ctx: Pick<OrderContext, 'links'> | undefined): ShownOrder[] =>
  orders.map(({ iccid, state, matchingId, eid, reference, customerEmail, outcome, linkId }) => ({
    iccid,
    state,
    matchingId,
    eid,
    reference,
    customerEmail,
    cancelled: outcome === 'cancelled',
    url: ctx && linkId ? customerPageUrl(ctx, linkId) : undefined,
  }))
