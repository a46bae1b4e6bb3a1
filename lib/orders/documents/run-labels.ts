import type { Queryable } from '@/lib/db/pool'
import { type RunOrder, runOrders } from '@/lib/db/run-rows'
import { qrText } from '@/lib/rsp/activation-code'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { orderActivationCode } from '../activation-code'
import type { OrderContext } from '../context'
import { customerPageUrl } from '../links/customer-links'
import { runCodesOf } from '../runs/run-codes'
import type { Label } from './label'

export type DocumentContext = Pick<OrderContext, 'actor' | 'now' | 'vault' | 'links'>

const perPage = 500

/** A code that a phone has taken, or that was cancelled, is of no use to anybody. */
const usable: readonly ProfileState[] = ['Confirmed', 'Released']

function labelOf(order: RunOrder, confirmationCode: string | undefined, { links }: Pick<DocumentContext, 'links'>): Label | undefined {
  const { iccid, matchingId, smdpAddress, confirmationCodeRequired, reference, customerEmail, eid, expiresAt, linkId, state } = order
  if (matchingId === null || smdpAddress === null || !usable.includes(state)) return undefined
  const activationCode = orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })
  return {
    iccid,
    activationCode,
    qrText: qrText(activationCode),
    smdpAddress,
    matchingId,
    confirmationCodeRequired,
    state,
    ...(confirmationCode ? { confirmationCode } : {}),
    ...(reference ? { reference } : {}),
    ...(customerEmail ? { customerEmail } : {}),
    ...(eid ? { eid } : {}),
    ...(expiresAt ? { expiresAt } : {}),
    ...(linkId ? { page: customerPageUrl({ links }, linkId) } : {}),
  }
}

/** The codes of a run that can still be used, by ICCID; read page by page. Who gets them is the caller's to audit. */
export async function* runLabels(
  db: Queryable,
  ctx: Pick<DocumentContext, 'vault' | 'links'>,
  runId: string,
  { after: first, most = Number.POSITIVE_INFINITY }: { after?: string | undefined; most?: number } = {},
): AsyncGenerator<Label, void> {
  let left = most
  for (let after = first; left > 0; ) {
    const orders = await runOrders(db, runId, { after, limit: perPage, onlyOpen: true })
    const codes = await runCodesOf(
      db,
      ctx.vault,
      runId,
      orders.map(({ iccid }) => iccid),
    )
    for (const order of orders) {
      const label = labelOf(order, codes.get(order.iccid), ctx)
      if (!label) continue
      yield label
      if (--left === 0) return
    }
    after = orders.at(-1)?.iccid
    if (orders.length < perPage || after === undefined) return
  }
}
