import type { Queryable } from '../pool'

export interface FaultyRowRecord {
  line: number
  sealed: Buffer
  /** Sentences */
  reasons: string[]
}

/** Rows with findings behind a line, in the order of the file. */
export const faultyRowsAfter = async (db: Queryable, batchId: string, line: number, limit: number): Promise<FaultyRowRecord[]> =>
  (
    await db.query<FaultyRowRecord & Record<string, unknown>>({
      name: 'batch-faulty-rows',
      text: `SELECT r.line, r.sealed, ARRAY(SELECT f.sentence FROM batch_finding f WHERE f.batch_id = r.batch_id AND f.line = r.line ORDER BY f.place) AS reasons
        FROM batch_faulty_row r WHERE r.batch_id = $1::bigint AND r.line > $2 ORDER BY r.line LIMIT $3`,
      values: [batchId, line, limit],
    })
  ).rows
