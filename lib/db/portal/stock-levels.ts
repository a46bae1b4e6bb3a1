import type { ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable, type Transaction } from '../pool'

/** How many profiles of a type are in a state. */
export interface StockCount {
  typeId: string
  state: ProfileState
  count: number
  /** The oldest day on which something of these was approved; null where a profile came without a batch. */
  since: Date | null
}

/** Counts what is in stock by type and state; at a million profiles a tenth of a second and more. */
export async function countStock(db: Queryable): Promise<StockCount[]> {
  // The rows of the view `stock`, counted by batch before it is asked which batches are in it.
  const { rows } = await db.query<StockCount & Record<string, unknown>>({
    text: `SELECT g.type_id AS "typeId", g.state, sum(g.count)::int AS count,
        CASE WHEN bool_or(g.batch_id IS NULL) THEN NULL ELSE min(b.decided_at) END AS since
      FROM (SELECT type_id, state, batch_id, count(*) AS count FROM profile GROUP BY type_id, state, batch_id) AS g
        LEFT JOIN batch b ON b.id = g.batch_id
      WHERE g.batch_id IS NULL OR b.state = 'approved' GROUP BY g.type_id, g.state`,
  })
  return rows
}

/** Orders of a type on a day, counted back from now: 0 is the last 24 hours. */
export interface OrdersOfDay {
  typeId: string
  day: number
  count: number
}

/** Orders that took a profile out of stock in the last days; those that were cancelled gave it back. */
export async function countOrders(db: Queryable, now: Date, days: number): Promise<OrdersOfDay[]> {
  const { rows } = await db.query<OrdersOfDay & Record<string, unknown>>({
    // Each half has an index that leads to the orders of these days, however many there were before.
    text: `WITH bound AS (SELECT $1::timestamptz AS now, $1::timestamptz - make_interval(days => $2::int) AS first),
      recent AS (
        SELECT iccid, created_at FROM download_order, bound WHERE closed_at IS NULL AND created_at > first AND created_at <= now
        UNION ALL
        SELECT iccid, created_at FROM download_order, bound
          WHERE closed_at > first AND created_at > first AND created_at <= now AND outcome IS DISTINCT FROM 'cancelled')
      SELECT p.type_id AS "typeId", floor(extract(epoch FROM bound.now - r.created_at) / 86400)::int AS day, count(*)::int AS count
      FROM bound, recent r JOIN stock p ON p.iccid = r.iccid GROUP BY 1, 2`,
    values: [now, days],
  })
  return rows
}

/** What a type says of its stock. */
export interface StockSettings {
  typeId: string
  typeName: string
  live: boolean
  createdAt: Date
  alertLevel: number | null
  alertRecipients: string[]
  alertedAt: Date | null
  reorderQuantity: number | null
}

const SETTINGS = `id AS "typeId", name AS "typeName", live, created_at AS "createdAt", alert_level AS "alertLevel",
  alert_recipients AS "alertRecipients", alerted_at AS "alertedAt", reorder_quantity AS "reorderQuantity"`

/** All types by name. */
export async function readStockSettings(db: Queryable): Promise<StockSettings[]> {
  const { rows } = await db.query<StockSettings & Record<string, unknown>>({ text: `SELECT ${SETTINGS} FROM profile_type ORDER BY name` })
  return rows
}

/** Types whose alert may have to be given or taken back, with how many are available, counted up to the level. */
export async function typesToAlert(db: Queryable): Promise<(StockSettings & { available: number })[]> {
  const { rows } = await db.query<StockSettings & { available: number } & Record<string, unknown>>({
    text: `SELECT * FROM (
        SELECT ${SETTINGS}, (SELECT count(*)::int FROM (
          SELECT FROM stock s WHERE s.type_id = t.id AND s.state = 'Available' LIMIT coalesce(t.alert_level, 0)) AS capped) AS available
        FROM profile_type t WHERE alert_level IS NOT NULL OR alerted_at IS NOT NULL) AS type
      WHERE ("alertedAt" IS NULL) = (available < "alertLevel") OR "alertLevel" IS NULL ORDER BY "typeName"`,
  })
  return rows
}

/** Gives a type's alert, or takes it back. False when another server did. */
export async function setAlerted(db: Queryable, typeId: string, alertedAt: Date | null): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'UPDATE profile_type SET alerted_at = $2 WHERE id = $1 AND (alerted_at IS NULL) = ($2::timestamptz IS NOT NULL)',
    values: [typeId, alertedAt],
  })
  return rowCount === 1
}

const reorderLock = 7_270_737_006

/** Lets nobody else look for free numbers until the transaction ends. */
export const lockReorders = (tx: Transaction) => tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [reorderLock] })

/** A profile whose numbers a next range continues. */
export interface NumberedProfile {
  iccid: string
  imsi: string | null
  mccMnc: string | null
}

/** The profiles of a type with the highest ICCIDs, drafts included: their numbers are taken as well. */
export async function highestProfiles(db: Queryable, typeId: string, limit: number): Promise<NumberedProfile[]> {
  const { rows } = await db.query<NumberedProfile & Record<string, unknown>>({
    text: `SELECT iccid, imsi, mcc_mnc AS "mccMnc" FROM profile WHERE type_id = $1 ORDER BY iccid DESC LIMIT $2`,
    values: [typeId, limit],
  })
  return rows
}

/** The highest IMSI of a type's in a home network. */
export async function highestImsi(db: Queryable, typeId: string, mccMnc: string): Promise<string | undefined> {
  const row = await one<{ imsi: string }>(db, {
    text: `SELECT imsi FROM profile WHERE type_id = $1 AND imsi IS NOT NULL AND imsi ~>=~ $2 AND imsi ~<~ $3 ORDER BY imsi USING ~>~ LIMIT 1`,
    values: [typeId, mccMnc, `${mccMnc}:`],
  })
  return row?.imsi
}

/** The highest ICCID, as long as the bounds, from `first` to `last`, of whichever type; drafts included. */
export async function lastIccidBetween(db: Queryable, first: string, last: string): Promise<string | undefined> {
  const row = await one<{ iccid: string }>(db, {
    text: `SELECT iccid FROM profile WHERE iccid >= $1 COLLATE "C" AND iccid <= $2 COLLATE "C" AND length(iccid) = length($1)
      ORDER BY iccid DESC LIMIT 1`,
    values: [first, last],
  })
  return row?.iccid
}

/** The highest IMSI from `first` to `last`, of whichever type; drafts included. */
export async function lastImsiBetween(db: Queryable, first: string, last: string): Promise<string | undefined> {
  const row = await one<{ imsi: string }>(db, {
    text: `SELECT imsi FROM profile WHERE imsi IS NOT NULL AND imsi ~>=~ $1 AND imsi ~<=~ $2 AND length(imsi) = length($1)
      ORDER BY imsi USING ~>~ LIMIT 1`,
    values: [first, last],
  })
  return row?.imsi
}
