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

export interface KeptRowRecord {
  batchId: string
  line: number
  sealed: Buffer
  dataKeyId: number
}

/**
 * Of these rows with findings those that `forBatch` may take values from: of other batches of its profile type that were not thrown away. A test type's
 * rows never get at a live type's keys.
 */
export const keptRowsOf = async (
  db: Queryable,
  forBatch: { id: string; typeId: string },
  places: readonly { batchId: string; line: number }[],
): Promise<KeptRowRecord[]> =>
  (
    await db.query<KeptRowRecord & Record<string, unknown>>({
      name: 'batch-kept-rows',
      // LIMIT keeps PostgreSQL at looking up row by row.
      text: `SELECT b.id::text AS "batchId", r.line, r.sealed, b.data_key_id AS "dataKeyId"
        FROM unnest($1::bigint[], $2::int[]) AS wanted (batch_id, line)
        JOIN batch b ON b.id = wanted.batch_id AND b.id <> $3::bigint AND b.type_id = $4::uuid
          AND b.state NOT IN ('discarded', 'rolledBack') AND b.data_key_id IS NOT NULL
        CROSS JOIN LATERAL (SELECT line, sealed FROM batch_faulty_row f WHERE f.batch_id = b.id AND f.line = wanted.line LIMIT 1) AS r`,
      values: [places.map(({ batchId }) => batchId), places.map(({ line }) => line), forBatch.id, forBatch.typeId],
    })
  ).rows
