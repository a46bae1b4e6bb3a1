import type { Queryable } from '../pool'

/** A batch in stock, to choose from. */
export interface StockBatch {
  id: string
  name: string
  /** ISO 8601 */
  addedAt: string
}

/** The batches in stock, of a type if one is named, newest first, at most `limit`; `chosen` is among them whatever its age. */
export async function stockBatches(
  db: Queryable,
  wanted: { type?: string | undefined; chosen?: string | undefined; limit: number },
): Promise<StockBatch[]> {
  const { rows } = await db.query<StockBatch & Record<string, unknown>>({
    text: `SELECT b.id::text, b.name, to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "addedAt"
      FROM batch b JOIN profile_type t ON t.id = b.type_id
      WHERE b.state = 'approved' AND ($1::text IS NULL OR t.name = $1) ORDER BY b.id = $2::bigint DESC NULLS LAST, b.created_at DESC LIMIT $3`,
    values: [wanted.type ?? null, wanted.chosen ?? null, wanted.limit],
  })
  return rows.sort((a, b) => (a.addedAt < b.addedAt ? 1 : -1))
}
