import { one, type Queryable, type Transaction } from './pool'

/** A profile that another one has taken the place of. */
export interface ReplacementRow {
  /** Digits */
  id: string
  at: Date
  oldIccid: string
  newIccid: string
  oldImsi: string | null
  newImsi: string | null
  /** The phone number that moves with the customer */
  msisdn: string | null
  reason: string
  reference: string | null
  /** The order of the new profile */
  orderId: string
  createdBy: string
  /** When the exchange file with it was last taken */
  exportedAt: Date | null
  exportedBy: string | null
}

type Row = ReplacementRow & Record<string, unknown>

const COLUMNS = `id::text, at, old_iccid AS "oldIccid", new_iccid AS "newIccid", old_imsi AS "oldImsi", new_imsi AS "newImsi", msisdn, reason, reference,
  order_id AS "orderId", created_by AS "createdBy", exported_at AS "exportedAt", exported_by AS "exportedBy"`

export type NewReplacement = Pick<ReplacementRow, 'at' | 'oldIccid' | 'newIccid' | 'reason' | 'reference' | 'orderId' | 'createdBy'>

/*
 * The number is the customer's. Where the old profile has stood in for another one itself, it is that one's: of the profile the batch's file tells only
 * the number that the vendor was told.
 */
const INSERT = `INSERT INTO replacement (at, old_iccid, new_iccid, old_imsi, new_imsi, msisdn, reason, reference, order_id, created_by)
  SELECT $1, old.iccid, new.iccid, old.imsi, new.imsi, coalesce(earlier.msisdn, old.msisdn), $4, $5, $6, $7
  FROM profile old JOIN profile new ON new.iccid = $3
    LEFT JOIN LATERAL (SELECT r.msisdn FROM replacement r WHERE r.new_iccid = old.iccid AND r.order_id = (
      SELECT o.id FROM download_order o WHERE o.iccid = old.iccid AND o.reason <> 'reissue' ORDER BY o.created_at DESC LIMIT 1)) earlier ON true
  WHERE old.iccid = $2`

/** Keeps that one profile took another's place, with what the network's systems must know of both. */
export const insertReplacement = (tx: Transaction, { at, oldIccid, newIccid, reason, reference, orderId, createdBy }: NewReplacement) =>
  tx.query({ name: 'insert-replacement', text: INSERT, values: [at, oldIccid, newIccid, reason, reference, orderId, createdBy] })

/** Newest first; `before` is the id of the last one of the page before. */
export async function readReplacements(
  db: Queryable,
  { before, limit, notExported = false }: { before?: string | undefined; limit: number; notExported?: boolean | undefined },
): Promise<ReplacementRow[]> {
  const { rows } = await db.query<Row>({
    text: `SELECT ${COLUMNS} FROM replacement WHERE ($1::bigint IS NULL OR id < $1) AND (NOT $2 OR exported_at IS NULL) ORDER BY replacement.id DESC LIMIT $3`,
    values: [before ?? null, notExported, limit],
  })
  return rows
}

/** What took the profile's place. */
export const readReplacedBy = (db: Queryable, oldIccid: string): Promise<ReplacementRow | undefined> =>
  one<Row>(db, { text: `SELECT ${COLUMNS} FROM replacement WHERE old_iccid = $1`, values: [oldIccid] })

/** Whose place the profile took last. */
export const readStandsInFor = (db: Queryable, newIccid: string): Promise<ReplacementRow | undefined> =>
  one<Row>(db, { text: `SELECT ${COLUMNS} FROM replacement WHERE new_iccid = $1 ORDER BY replacement.id DESC LIMIT 1`, values: [newIccid] })

/** What an exchange file holds: all of a time, or what no file had yet. */
export interface ExchangeFilter {
  /** Included */
  from?: Date | undefined
  /** Excluded */
  to?: Date | undefined
  notExported?: boolean | undefined
}

/** How many there are, and the highest id: what comes later is another file's. */
export async function countExchange(db: Queryable, filter: ExchangeFilter): Promise<{ count: number; upTo: string | null }> {
  const row = await one<{ count: number; upTo: string | null }>(db, {
    text: `SELECT count(*)::int AS count, max(id)::text AS "upTo" FROM replacement WHERE ${MATCHES}`,
    values: matching(filter),
  })
  return row ?? { count: 0, upTo: null }
}

/** A page of them, oldest first. */
export async function readExchange(
  db: Queryable,
  filter: ExchangeFilter,
  { after, upTo, limit }: { after: string; upTo: string; limit: number },
): Promise<ReplacementRow[]> {
  const { rows } = await db.query<Row>({
    text: `SELECT ${COLUMNS} FROM replacement WHERE ${MATCHES} AND id > $4 AND id <= $5 ORDER BY replacement.id LIMIT $6`,
    values: [...matching(filter), after, upTo, limit],
  })
  return rows
}

/** Marks those as handed over. */
export const markExported = (tx: Transaction, ids: string[], { by, at }: { by: string; at: Date }) =>
  tx.query({
    text: 'UPDATE replacement SET exported_at = $2, exported_by = $3 WHERE id = ANY($1::bigint[])',
    values: [ids, at, by],
  })

const MATCHES = `($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2) AND (NOT $3 OR exported_at IS NULL)`
const matching = ({ from, to, notExported = false }: ExchangeFilter): unknown[] => [from ?? null, to ?? null, notExported]
