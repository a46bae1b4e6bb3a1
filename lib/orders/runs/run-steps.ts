import { lockAvailable } from '@/lib/db/order-rows'
import type { Database, Transaction } from '@/lib/db/pool'
import { openView, viewKeys } from '@/lib/db/portal/profile-list'
import { knownOrders } from '@/lib/db/run-rows'
import { Iccid } from '@/lib/rsp/identifiers'
import { countWords } from '../count-words'
import type { ChosenOrder } from '../download-order'
import type { IssueRunRow, IssueRunTask } from './issue-run-input'
import { runOrderId } from './order-id'

/** Some hundred rows a statement are as fast as a thousand, and a profile waits less for others who want it. */
export const perStep = 500

export interface Step {
  orders: ChosenOrder[]
  /** How many of the step were issued before, by this run */
  found: number
  failed: { sentence: string; count: number }[]
  /** Nothing comes after it */
  ended: boolean
}

/** Chooses what is issued next. @param issued orders that the run has so far */
export type StepsOf = (tx: Transaction, issued: number) => Promise<Step>

/** The steps of a run, from its beginning; what was issued before is passed over. */
export function stepsOf(db: Database, { runId, wanted, what, terms }: IssueRunTask): StepsOf {
  const { reference, language, confirmationLimit } = terms
  const common = { reference, language, confirmationLimit }
  if ('count' in what) return ofType({ runId, type: what.type, wanted, common })
  if ('rows' in what) return ofRows({ runId, rows: what.rows, type: what.type, common })
  return ofView(db, { runId, what, common })
}

type Common = Pick<ChosenOrder, 'reference' | 'language' | 'confirmationLimit'>

function ofType({ runId, type, wanted, common }: { runId: string; type: string; wanted: number; common: Common }): StepsOf {
  let first = true
  return async (tx, issued) => {
    const found = first ? issued : 0
    const asked = Math.min(perStep, wanted - issued)
    const profiles = asked > 0 ? await lockAvailable(tx, type, asked) : []
    first = false
    const left = wanted - issued - profiles.length
    const exhausted = profiles.length < asked
    return {
      orders: profiles.map(({ iccid }, i) => ({ iccid: Iccid.parse(iccid), orderId: runOrderId(runId, issued + i), ...common })),
      found,
      failed: exhausted ? [{ sentence: `No more profiles of ${type} are in stock.`, count: left }] : [],
      ended: exhausted || left === 0,
    }
  }
}

type ViewOfRun = Extract<IssueRunTask['what'], { asOf: Date }>

function ofView(db: Database, { runId, what: { view, asOf }, common }: { runId: string; what: ViewOfRun; common: Common }): StepsOf {
  const opened = openView(db, { ...view, states: ['Available'], asOf })
  let from: Awaited<ReturnType<typeof viewKeys>>[number] | undefined
  let first = true
  return async (_tx, issued) => {
    // What was issued before is not Available any more, so the view does not show it again.
    const keys = await viewKeys(await opened, { sort: 'iccid', descending: false, from, limit: perStep })
    from = keys.at(-1)
    const found = first ? issued : 0
    first = false
    return {
      orders: keys.map(({ iccid }) => ({ iccid: Iccid.parse(iccid), orderId: runOrderId(runId, iccid), ...common })),
      found,
      failed: [],
      ended: keys.length < perStep,
    }
  }
}

interface RowsOfRun {
  runId: string
  rows: readonly IssueRunRow[]
  type: string | undefined
  common: Common
}

function ofRows({ runId, rows, type, common }: RowsOfRun): StepsOf {
  let at = 0
  // Those that name their profile come first, in steps of their own: none of them can be drawn for another row then.
  const firstDrawn = rows.findIndex(({ iccid }) => !iccid)
  return async tx => {
    const end = at < firstDrawn ? Math.min(at + perStep, firstDrawn) : at + perStep
    const some = rows.slice(at, end).map((row, i) => ({ row, orderId: runOrderId(runId, at + i) }))
    at += some.length
    const known = await knownOrders(
      tx,
      some.map(({ orderId }) => orderId),
    )
    const open = some.filter(({ orderId }) => !known.has(orderId))
    const drawn = await draw(tx, type, open.filter(({ row }) => !row.iccid).length)
    const orders: ChosenOrder[] = []
    let missing = 0
    for (const { row, orderId } of open) {
      const iccid = row.iccid ?? drawn.shift()
      if (!iccid) missing++
      else
        orders.push({
          ...common,
          ...row,
          iccid,
          orderId,
          reference: row.reference ?? common.reference,
          language: row.language ?? common.language,
        })
    }
    const none = `${countWords(missing, 'row')} found no profile: no more of ${type} are in stock.`
    return { orders, found: known.size, failed: missing > 0 ? [{ sentence: none, count: missing }] : [], ended: at >= rows.length }
  }
}

const draw = async (tx: Transaction, type: string | undefined, count: number): Promise<Iccid[]> =>
  type && count > 0 ? (await lockAvailable(tx, type, count)).map(({ iccid }) => Iccid.parse(iccid)) : []
