import { one, type Queryable, type Transaction } from '../pool'
import { type Holder, NAMES_NOTIFICATION } from './held-rows'

/** What stands in the place of each EID from now on. */
export type EidTokens = Record<string, string>

/** An EID that was erased before keeps the token that it got then. */
const tokenFor = (tokens: string): string => `coalesce(${tokens}::jsonb ->> eid, CASE WHEN eid LIKE 'erased:%' THEN eid END)`

const counted = async (db: Queryable, text: string, values: unknown[]): Promise<number> => (await db.query({ text, values })).rowCount ?? 0

/** Takes e-mail addresses and devices off orders; the devices of `spared` orders stay. */
export const eraseOrders = (tx: Transaction, orderIds: readonly string[], spared: readonly string[], tokens: EidTokens): Promise<number> =>
  counted(
    tx,
    `UPDATE download_order SET customer_email = NULL, eid = CASE WHEN id = ANY($2::uuid[]) THEN eid ELSE ${tokenFor('$3')} END
      WHERE id = ANY($1::uuid[]) AND (customer_email IS NOT NULL OR (eid IS NOT NULL AND eid NOT LIKE 'erased:%' AND NOT id = ANY($2::uuid[])))`,
    [orderIds, spared, JSON.stringify(tokens)],
  )

/** Lets profiles forget the device that had them; the order tells that one had. */
export const eraseDevices = (tx: Transaction, iccids: readonly string[]): Promise<number> =>
  counted(tx, 'UPDATE profile SET eid = NULL WHERE iccid = ANY($1::text[]) AND eid IS NOT NULL', [iccids])

/** Takes phone numbers off profiles, and off the exchange rows that the network has taken already. */
export async function eraseNumbers(tx: Transaction, iccids: readonly string[], orderIds: readonly string[]): Promise<number> {
  const profiles = await counted(tx, 'UPDATE profile SET msisdn = NULL WHERE iccid = ANY($1::text[]) AND msisdn IS NOT NULL', [iccids])
  const moved = await counted(
    tx,
    'UPDATE replacement SET msisdn = NULL WHERE order_id = ANY($1::uuid[]) AND msisdn IS NOT NULL AND exported_at IS NOT NULL',
    [orderIds],
  )
  return profiles + moved
}

/** Whether the network has still to be told of a number that moved with one of these orders. */
export async function hasUnsentExchange(db: Queryable, orderIds: readonly string[]): Promise<boolean> {
  const row = await one<{ there: boolean }>(db, {
    text: 'SELECT EXISTS (SELECT FROM replacement WHERE order_id = ANY($1::uuid[]) AND msisdn IS NOT NULL AND exported_at IS NULL) AS there',
    values: [orderIds],
  })
  return row?.there ?? false
}

/** An event without what was personal in it. */
export interface ErasedEvent {
  id: string
  eid: string | null
  detail: string | null
  data: Record<string, unknown> | null
}

export async function eraseEvents(tx: Transaction, events: readonly ErasedEvent[]): Promise<void> {
  await tx.query({
    name: 'personal-erase-events',
    text: `UPDATE profile_event e SET eid = n.eid, detail = n.detail, data = n.data,
        evidence = CASE WHEN ${NAMES_NOTIFICATION} THEN e.evidence END
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[]) AS n (id, eid, detail, data) WHERE e.id = n.id`,
    values: [
      events.map(({ id }) => id),
      events.map(({ eid }) => eid),
      events.map(({ detail }) => detail),
      events.map(({ data }) => (data === null ? null : JSON.stringify(data))),
    ],
  })
}

/** Empties notifications; the digest stays, so that one that is sent again is known. */
export const eraseNotifications = (tx: Transaction, digests: readonly string[], tokens: EidTokens): Promise<number> =>
  counted(
    tx,
    `UPDATE notification SET raw = '', eid = ${tokenFor('$2')} WHERE digest = ANY(SELECT decode(each, 'hex') FROM unnest($1::text[]) each)
      AND (raw <> '' OR (eid IS NOT NULL AND eid NOT LIKE 'erased:%'))`,
    [digests, JSON.stringify(tokens)],
  )

/** Removes sessions and bindings of orders that have ended: their results are judged no more. */
export async function eraseSessions(tx: Transaction, { orderIds, eids }: Pick<Holder, 'orderIds' | 'eids'>): Promise<number> {
  const sessions = await counted(
    tx,
    'DELETE FROM rsp_session WHERE order_id = ANY($1::uuid[]) OR (order_id IS NULL AND eid = ANY($2::text[]))',
    [orderIds, eids],
  )
  return sessions + (await counted(tx, 'DELETE FROM binding WHERE order_id = ANY($1::uuid[])', [orderIds]))
}

/** @param emails in lower case */
export const eraseMails = (tx: Transaction, emails: readonly string[]): Promise<number> =>
  counted(tx, 'DELETE FROM outbox WHERE lower(recipient) = ANY($1::text[])', [emails])

/** JSON of a row that may name somebody. */
export interface NamingRow {
  id: string
  /** As JSON */
  first: unknown
  second: unknown
}

const NAMING = {
  approval: { first: 'detail', second: 'NULL::jsonb', over: 'decision IS NOT NULL' },
  task: { first: 'input', second: 'result', over: 'ended_at IS NOT NULL' },
} as const
export type NamingTable = keyof typeof NAMING

/** Decisions and work that are over and name one of these values. */
export async function rowsNaming(tx: Transaction, table: NamingTable, values: readonly string[]): Promise<NamingRow[]> {
  const { first, second, over } = NAMING[table]
  const { rows } = await tx.query<NamingRow & Record<string, unknown>>({
    text: `SELECT id, ${first} AS first, ${second} AS second FROM ${table} t WHERE ${over}
      AND EXISTS (SELECT FROM unnest($1::text[]) AS given WHERE strpos(t.${first}::text, given) > 0 ${table === 'task' ? 'OR strpos(t.result::text, given) > 0' : ''})`,
    values: [values],
  })
  return rows
}

export async function rewriteNaming(tx: Transaction, table: NamingTable, { id, first, second }: NamingRow): Promise<void> {
  const column = NAMING[table].first
  await tx.query({
    text: `UPDATE ${table} SET ${column} = $2 ${table === 'task' ? ', result = $3' : ''} WHERE id = $1`,
    values: [id, JSON.stringify(first), ...(table === 'task' ? [second === null ? null : JSON.stringify(second)] : [])],
  })
}

/** Work in the background that names one of these values and is not over. */
export async function hasOpenNaming(db: Queryable, values: readonly string[]): Promise<boolean> {
  const row = await one<{ there: boolean }>(db, {
    text: `SELECT EXISTS (SELECT FROM task t, unnest($1::text[]) AS given WHERE t.ended_at IS NULL AND strpos(t.input::text, given) > 0)
      OR EXISTS (SELECT FROM approval a, unnest($1::text[]) AS given WHERE a.decision IS NULL AND strpos(a.detail::text, given) > 0) AS there`,
    values: [values],
  })
  return row?.there ?? false
}
