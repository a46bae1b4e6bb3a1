import { randomBytes, randomUUID } from 'node:crypto'
import { joinEmbedded } from '@/lib/db/embedded'
import { type Database, one, openDatabase, type Transaction, transaction } from '@/lib/db/pool'
import type { BareFigures, BareInput } from './figures'

/** What the server has written for one order: the bare SQL writes the same again, under other numbers. */
interface Sample {
  actor: string
  address: string
  smdpAddress: string
  downloadLimit: number
  confirmationLimit: number
  calls: Record<Call, CallSample>
}
type Call = 'downloadOrder' | 'confirmOrder'

/** JSON as it lies in the tables. */
interface CallSample {
  request: string
  response: string
  audit: string
  event: string | null
}

async function sampleCall(db: Database, name: Call, iccid: string): Promise<CallSample> {
  const row = await one<CallSample & Record<string, unknown>>(db, {
    text: `SELECT c.request::text, c.response::text, a.detail::text AS audit, e.data::text AS event
      FROM es2_call c JOIN profile_event e ON e.iccid = c.iccid AND e.kind = c.function
        JOIN audit a ON a.target = c.iccid AND a.detail->>'function' = c.function
      WHERE c.iccid = $1 AND c.function = $2 LIMIT 1`,
    values: [iccid, name],
  })
  if (!row) throw new Error(`The server has not done ${name} yet.`)
  return row
}

async function takeSample(db: Database, partnerId: string): Promise<Sample> {
  const order = await one<Omit<Sample, 'calls'> & { iccid: string }>(db, {
    text: `SELECT o.iccid, o.created_by AS actor, c.address, o.smdp_address AS "smdpAddress", o.download_limit AS "downloadLimit",
        o.confirmation_limit AS "confirmationLimit"
      FROM download_order o JOIN es2_call c ON c.iccid = o.iccid AND c.function = 'confirmOrder' WHERE o.partner_id = $1 LIMIT 1`,
    values: [partnerId],
  })
  if (!order) throw new Error('The server has no order of this partner yet.')
  const { iccid, ...facts } = order
  const calls = { downloadOrder: await sampleCall(db, 'downloadOrder', iccid), confirmOrder: await sampleCall(db, 'confirmOrder', iccid) }
  return { ...facts, calls }
}

/** Makes the changes of one order again on profiles that are named. */
export async function bareOrders(db: Database, partnerId: string): Promise<(iccid: string) => Promise<void>> {
  const sample = await takeSample(db, partnerId)

  /** Rows that each call has: itself, its step on the timeline, the audit. */
  const writeCall = async (tx: Transaction, name: Call, { iccid, orderId, at }: { iccid: string; orderId: string; at: Date }) => {
    const { request, response, audit, event } = sample.calls[name]
    await tx.query({
      name: 'bare-call',
      text: `INSERT INTO es2_call (partner_id, at, function, function_call_identifier, content, request, response, iccid, address, duration_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      values: [partnerId, at, name, randomUUID(), randomBytes(32), request, response, iccid, sample.address, 5_000],
    })
    await tx.query({
      name: 'bare-event',
      text: `INSERT INTO profile_event (at, iccid, order_id, actor, kind, outcome, data) VALUES ($1, $2, $3, $4, $5, 'ok', $6)`,
      values: [at, iccid, orderId, sample.actor, name, event],
    })
    await tx.query({
      name: 'bare-audit',
      text: `INSERT INTO audit (actor, actor_kind, action, target, result, detail, address) VALUES ($1, 'partner', 'order:issue', $2, 'ok', $3, $4)`,
      values: [sample.actor, iccid, audit, sample.address],
    })
  }
  const move = (tx: Transaction, { iccid, orderId, at }: { iccid: string; orderId: string; at: Date }, state: string) =>
    tx.query({
      name: 'bare-move',
      text: 'UPDATE profile SET state = $2, state_since = $3, order_id = $4 WHERE iccid = $1',
      values: [iccid, state, at, orderId],
    })

  return async iccid => {
    const order = { iccid, orderId: randomUUID(), at: new Date() }
    await transaction(db, async tx => {
      await tx.query({
        name: 'bare-order',
        text: `INSERT INTO download_order (id, iccid, download_limit, confirmation_limit, reason, partner_id, created_at, created_by)
          VALUES ($1, $2, $3, $4, 'new', $5, $6, $7)`,
        values: [order.orderId, iccid, sample.downloadLimit, sample.confirmationLimit, partnerId, order.at, sample.actor],
      })
      await move(tx, order, 'Allocated')
      await writeCall(tx, 'downloadOrder', order)
    })
    const matchingId = `BARE-${order.orderId.slice(0, 18).toUpperCase()}`
    await transaction(db, async tx => {
      await tx.query({
        name: 'bare-confirm',
        text: 'UPDATE download_order SET matching_id = $2, smdp_address = $3 WHERE id = $1',
        values: [order.orderId, matchingId, sample.smdpAddress],
      })
      await move(tx, order, 'Released')
      await writeCall(tx, 'confirmOrder', order)
    })
  }
}

const mostOrders = 100_000

/** A process of its own: the same changes without the product, until the time or the stock is over. */
export async function bareSql({ dataDir, seconds, connections, partnerId, type }: BareInput): Promise<BareFigures> {
  const url = await joinEmbedded(dataDir)
  if (!url) throw new Error('There is no PostgreSQL to join.')
  const db = openDatabase(url, { maxConnections: connections })
  try {
    const order = await bareOrders(db, partnerId)
    const { rows } = await db.query<{ iccid: string }>({
      text: `SELECT p.iccid FROM profile p JOIN profile_type t ON t.id = p.type_id
        WHERE t.name = $1 AND p.state = 'Available' ORDER BY p.iccid LIMIT $2`,
      values: [type, mostOrders],
    })
    let orders = 0
    const startedAt = performance.now()
    const cpu = process.cpuUsage()
    const work = async () => {
      while (performance.now() - startedAt < seconds * 1_000) {
        const next = rows.pop()
        if (!next) return
        await order(next.iccid)
        orders++
      }
    }
    await Promise.all(Array.from({ length: connections }, work))
    const { user, system } = process.cpuUsage(cpu)
    return { orders, seconds: (performance.now() - startedAt) / 1_000, cpuMs: (user + system) / 1_000 }
  } finally {
    await db.close()
  }
}
