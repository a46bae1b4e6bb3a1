import { create } from 'qrcode'
import { type Database, openDatabase, type Transaction, transaction } from '@/lib/db/pool'
import { runOrders } from '@/lib/db/run-rows'
import { qrText } from '@/lib/rsp/activation-code'
import { orderActivationCode } from '../activation-code'
import type { BaselineFigures, RoleInput } from './figures'

const perStep = 500

/** Tables into which issuing writes, with the condition for what it wrote. */
const WRITTEN = {
  download_order: 'run_id = $1',
  profile_event: `iccid IN (SELECT iccid FROM download_order WHERE run_id = $1) AND kind <> 'uploaded'`,
  customer_link: 'order_id IN (SELECT id FROM download_order WHERE run_id = $1)',
} as const
type Written = keyof typeof WRITTEN

/** The least that issuing has to do: undoes what it wrote, and writes the same again by a few statements a step. Then the bare QR codes. */
export async function baselineRole({ url, runId = '' }: RoleInput): Promise<BaselineFigures> {
  const db = openDatabase(url, { maxConnections: 2, statementTimeoutMs: 600_000 })
  const texts = await qrTexts(db, runId)
  const qrSeconds = await timed(async () => {
    for (const text of texts) create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'M' })
  })
  const rows = new Map<Written, string[]>()
  for (const table of Object.keys(WRITTEN) as Written[]) {
    const found = await db.query<{ row: string }>({
      text: `SELECT to_jsonb(t)::text AS row FROM ${table} t WHERE ${WRITTEN[table]} ORDER BY iccid`,
      values: [runId],
    })
    rows.set(
      table,
      found.rows.map(({ row }) => row),
    )
  }
  await transaction(db, tx => undo(tx, runId))
  await db.query({ text: 'CHECKPOINT' })
  const orders = rows.get('download_order')?.length ?? 0
  const sqlSeconds = await timed(async () => {
    for (let at = 0; at < orders; at += perStep) await transaction(db, tx => step(tx, rows, { at, orders }))
  })
  await db.close()
  return { sqlSeconds, qrSeconds }
}

async function qrTexts(db: Database, runId: string): Promise<string[]> {
  const orders = await runOrders(db, runId, { limit: 1_000_000, onlyOpen: true })
  return orders.map(({ matchingId, smdpAddress, confirmationCodeRequired }) =>
    qrText(orderActivationCode({ matchingId: matchingId ?? '', smdpAddress: smdpAddress ?? '', confirmationCodeRequired })),
  )
}

async function undo(tx: Transaction, runId: string): Promise<void> {
  await tx.query({
    text: `UPDATE profile SET state = 'Available', order_id = NULL WHERE iccid IN (SELECT iccid FROM download_order WHERE run_id = $1)`,
    values: [runId],
  })
  for (const table of ['customer_link', 'profile_event', 'download_order'] as const)
    await tx.query({ text: `DELETE FROM ${table} WHERE ${WRITTEN[table]}`, values: [runId] })
}

/** One step: the rows of so many orders into each table, and their profiles moved once. */
async function step(tx: Transaction, rows: Map<Written, string[]>, { at, orders }: { at: number; orders: number }): Promise<void> {
  for (const [table, all] of rows) {
    const perOrder = all.length / orders
    const some = all.slice(at * perOrder, (at + perStep) * perOrder)
    await tx.query({
      name: `bench-${table}`,
      text: `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT r.* FROM unnest($1::jsonb[]) AS j (value), jsonb_populate_record(NULL::${table}, j.value) r`,
      values: [some],
    })
  }
  await tx.query({
    name: 'bench-profile',
    text: `UPDATE profile p SET state = 'Released', state_since = now(), order_id = (j.value->>'id')::uuid
      FROM unnest($1::jsonb[]) AS j (value) WHERE p.iccid = j.value->>'iccid'`,
    values: [rows.get('download_order')?.slice(at, at + perStep)],
  })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}
