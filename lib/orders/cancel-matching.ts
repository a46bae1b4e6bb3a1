import { z } from 'zod'
import { audit } from '@/lib/accounts/audit'
import { defineTask, type TaskContext } from '@/lib/accounts/tasks'
import type { OrderedProfile } from '@/lib/db/order-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { openView, viewKeys } from '@/lib/db/portal/profile-list'
import { ViewInput } from '@/lib/db/portal/view-input'
import { runOrders } from '@/lib/db/run-rows'
import { Iccid } from '@/lib/rsp/identifiers'
import { type ProfileState, statesBefore } from '@/lib/rsp/lifecycle'
import { RspError } from '@/lib/rsp/status'
import { CANCEL_EVENT, cancelOrders, FINAL_STATUS, type FinalProfileStatusIndicator } from './cancel-order'
import type { OrderContext } from './context'
import { countWords } from './count-words'

/** What is cancelled: what a view showed at a moment, or the orders of a run that no device has taken. */
export const CancelMatching = z.object({
  what: z.union([z.object({ view: ViewInput, asOf: z.coerce.date() }), z.object({ runId: z.uuid(), title: z.string() })]),
  finalProfileStatusIndicator: z.enum(FINAL_STATUS),
  count: z.int().min(0),
})
export type CancelMatching = z.infer<typeof CancelMatching>

const noOrder = ({ iccid, state }: OrderedProfile): RspError | undefined =>
  state === 'Available' ? new RspError('iccidInUse', `${iccid} has no order.`) : undefined

/**
 * Cancels the orders of some profiles; those that have none, or whose state does not allow it, stay as they are.
 * @param ofRun the order that each must have: others are not of the run, and what a device has taken stays
 * @returns the ICCIDs of those that were cancelled
 */
export async function cancelSome(
  tx: Transaction,
  ctx: Pick<OrderContext, 'actor' | 'now'>,
  iccids: readonly Iccid[],
  finalProfileStatusIndicator: FinalProfileStatusIndicator,
  ofRun?: ReadonlyMap<string, string>,
): Promise<Iccid[]> {
  const notOfRun = ({ iccid, orderId, state }: OrderedProfile) =>
    ofRun && (orderId !== ofRun.get(iccid) || state === 'Downloaded')
      ? new RspError('iccidInUse', `${iccid} has another order, or was taken.`)
      : undefined
  const unless = (profile: OrderedProfile) => noOrder(profile) ?? notOfRun(profile)
  const inputs = iccids.map(iccid => ({ iccid }))
  const all = await cancelOrders(tx, ctx, inputs, finalProfileStatusIndicator, unless)
  const cancelled = all.flatMap(each => (each.refusal ? [] : [each.iccid]))
  if (cancelled.length > 0) {
    const sorted = [...cancelled].sort()
    const [only] = cancelled.length === 1 ? cancelled : []
    await audit(tx, ctx.actor, 'order:cancel', {
      target: only ?? countWords(cancelled.length, 'profile'),
      detail: { finalProfileStatusIndicator, cancelled: cancelled.length, firstIccid: sorted[0], lastIccid: sorted.at(-1) },
    })
  }
  return cancelled
}

/** The states in which a view's profiles may have an order to cancel; those that a device has taken return to no stock. */
export const statesToCancel = (finalProfileStatusIndicator: FinalProfileStatusIndicator): ProfileState[] =>
  statesBefore(CANCEL_EVENT[finalProfileStatusIndicator]).filter(state => state !== 'Available')

const perStep = 500

interface Page {
  iccids: Iccid[]
  ofRun?: ReadonlyMap<string, string>
}

type NextPage = () => Promise<Page>

function pagesOf(db: Database, { what, finalProfileStatusIndicator }: CancelMatching): NextPage {
  return 'view' in what ? pagesOfView(db, what, finalProfileStatusIndicator) : pagesOfRun(db, what.runId)
}

function pagesOfView(
  db: Database,
  { view, asOf }: { view: ViewInput; asOf: Date },
  finalProfileStatusIndicator: FinalProfileStatusIndicator,
): NextPage {
  const possible = statesToCancel(finalProfileStatusIndicator)
  const states = view.states.length > 0 ? possible.filter(state => view.states.includes(state)) : possible
  const opened = openView(db, { ...view, states, asOf })
  let from: Awaited<ReturnType<typeof viewKeys>>[number] | undefined
  return async () => {
    if (states.length === 0) return { iccids: [] }
    const keys = await viewKeys(await opened, { sort: 'iccid', descending: false, from, limit: perStep })
    from = keys.at(-1) ?? from
    return { iccids: keys.map(({ iccid }) => Iccid.parse(iccid)) }
  }
}

function pagesOfRun(db: Database, runId: string): NextPage {
  let after: string | undefined
  return async () => {
    const orders = await runOrders(db, runId, { after, limit: perStep, onlyOpen: true })
    after = orders.at(-1)?.iccid ?? after
    return { iccids: orders.map(({ iccid }) => Iccid.parse(iccid)), ofRun: new Map(orders.map(({ iccid, orderId }) => [iccid, orderId])) }
  }
}

const title = ({ what, count, finalProfileStatusIndicator }: CancelMatching): string =>
  `Cancel ${countWords(count, 'order')}${'runId' in what ? ` of “${what.title}”` : ''}: ${finalProfileStatusIndicator === 'Available' ? 'back to stock' : 'out of use'}`

export const cancelMatching = defineTask<CancelMatching>({
  kind: 'order:cancel',
  schema: CancelMatching,
  title,
  verb: 'order:cancel',
  run: async ({ db, actor, now }: TaskContext, input, report) => {
    report.total(input.count)
    const next = pagesOf(db, input)
    let [cancelled, left] = [0, 0]
    while (!(await report.cancelled())) {
      const { iccids, ofRun } = await next()
      if (iccids.length === 0) break
      const done = await transaction(db, tx => cancelSome(tx, { actor, now: now() }, iccids, input.finalProfileStatusIndicator, ofRun))
      cancelled += done.length
      left += iccids.length - done.length
      report.done(done.length)
      report.failed(iccids.length - done.length)
    }
    const stayed = left > 0 ? ` ${countWords(left, 'profile')} could not be, and stay as they are.` : ''
    report.result({ sentence: `${countWords(cancelled, 'order')} cancelled.${stayed}` })
  },
})
