import { one, type Queryable, type Transaction } from '../pool'

export const BATCH_STATES = ['uploaded', 'checking', 'draft', 'failed', 'approved', 'discarded', 'rolledBack'] as const
export type BatchState = (typeof BATCH_STATES)[number]

/** What the vendor says is in the file. */
export interface Declared {
  firstIccid?: string | undefined
  lastIccid?: string | undefined
  quantity?: number | undefined
}

/** How far a check is; times in milliseconds since 1970. */
export interface CheckProgress {
  startedAt: number
  rowsRead: number
  rowsPerSecond: number
  secondsLeft: number | null
  /** Of the file, 0 to 1 */
  share: number
}

/** A batch as those who work on it see it; `facts`, `mapping` and `report` are read by those who wrote them. */
export interface BatchRecord {
  /** A bigint in digits */
  id: string
  typeId: string
  typeName: string
  templateId: string | null
  dataKeyId: number | null
  state: BatchState
  name: string
  vendor: string | null
  format: 'csv' | 'out' | 'zip' | 'der'
  facts: unknown
  mapping: unknown
  declared: Declared
  report: unknown
  /** In the folder of uploads; null once it is not needed any more */
  file: string | null
  rowsRead: number
  rowsKept: number
  rowsWarned: number
  rowsRefused: number
  progress: CheckProgress | null
  failure: string | null
  worker: string | null
  createdAt: Date
  createdBy: string
}

const COLUMNS = `b.id::text, b.type_id AS "typeId", t.name AS "typeName", b.template_id AS "templateId", b.data_key_id AS "dataKeyId", b.state, b.name,
  b.vendor, b.format, b.facts, b.mapping, b.declared, b.report, b.file, b.rows_read AS "rowsRead", b.rows_kept AS "rowsKept",
  b.rows_warned AS "rowsWarned", b.rows_refused AS "rowsRefused", b.progress, b.failure, b.worker, b.created_at AS "createdAt", b.created_by AS "createdBy"`
const TABLES = 'batch b JOIN profile_type t ON t.id = b.type_id'

type Row = BatchRecord & Record<string, unknown>

/** Bigints that PostgreSQL would refuse are no batches. */
export const isBatchId = (id: string): boolean => /^[1-9][0-9]{0,17}$/.test(id)

export const readBatch = async (db: Queryable, id: string): Promise<BatchRecord | undefined> =>
  isBatchId(id) ? one<Row>(db, { text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE b.id = $1::bigint`, values: [id] }) : undefined

/** Reads a batch and holds it until the transaction ends: nobody decides about it, or adds rows to it, meanwhile. */
export const lockBatch = async (tx: Transaction, id: string): Promise<BatchRecord | undefined> =>
  isBatchId(id)
    ? one<Row>(tx, { text: `SELECT ${COLUMNS} FROM ${TABLES} WHERE b.id = $1::bigint FOR UPDATE OF b`, values: [id] })
    : undefined

export interface NewBatch {
  typeId: string
  dataKeyId: number
  name: string
  vendor: string | null
  format: string
  facts: object
  mapping: object | null
  declared: Declared
  file: string
  fileBytes: number
  rowsTotal: number | null
  createdAt: Date
  createdBy: string
}

/** @returns its id */
export async function insertBatch(tx: Transaction, batch: NewBatch): Promise<string> {
  const row = await one<{ id: string }>(tx, {
    text: `INSERT INTO batch (state, type_id, data_key_id, name, vendor, format, facts, mapping, declared, file, file_bytes, rows_total, created_at,
        created_by)
      VALUES ('uploaded', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id::text`,
    values: [
      batch.typeId,
      batch.dataKeyId,
      batch.name,
      batch.vendor,
      batch.format,
      JSON.stringify(batch.facts),
      batch.mapping && JSON.stringify(batch.mapping),
      JSON.stringify(batch.declared),
      batch.file,
      batch.fileBytes,
      batch.rowsTotal,
      batch.createdAt,
      batch.createdBy,
    ],
  })
  if (!row) throw new Error('The batch was not kept.')
  return row.id
}

/** Those of these files that belong to a batch. */
export const filesOfBatches = async (db: Queryable, files: readonly string[]): Promise<Set<string>> => {
  const { rows } = await db.query<{ file: string }>({ text: 'SELECT file FROM batch WHERE file = ANY ($1::text[])', values: [files] })
  return new Set(rows.map(({ file }) => file))
}

export interface CheckStart {
  templateId: string | null
  mapping: object | null
  declared: Declared
  worker: string
  startedAt: Date
}

/** Begins the check of a locked batch. */
export const beginCheck = (tx: Transaction, id: string, { templateId, mapping, declared, worker, startedAt }: CheckStart) =>
  tx.query({
    text: `UPDATE batch SET state = 'checking', template_id = $2, mapping = $3, declared = $4, worker = $5, worker_seen_at = now(), report = NULL,
        failure = NULL, checked_at = NULL, first_iccid = NULL, last_iccid = NULL, rows_read = 0, rows_kept = 0, rows_warned = 0, rows_refused = 0,
        progress = $6
      WHERE id = $1::bigint`,
    values: [
      id,
      templateId,
      mapping && JSON.stringify(mapping),
      JSON.stringify(declared),
      worker,
      JSON.stringify({
        startedAt: startedAt.getTime(),
        rowsRead: 0,
        rowsPerSecond: 0,
        secondsLeft: null,
        share: 0,
      } satisfies CheckProgress),
    ],
  })

/** Takes a failed or cancelled check out of the way, or one whose batch nobody wants any more. */
export const endCheck = (
  tx: Transaction,
  id: string,
  end: { state: 'failed'; failure: string } | { state: 'discarded' | 'rolledBack'; by: string; at: Date },
) =>
  end.state === 'failed'
    ? tx.query({
        text: `UPDATE batch SET state = 'failed', failure = $2, worker = NULL, progress = NULL, report = NULL, rows_read = 0, rows_kept = 0,
            rows_warned = 0, rows_refused = 0, first_iccid = NULL, last_iccid = NULL WHERE id = $1::bigint`,
        values: [id, end.failure],
      })
    : tx.query({
        text: `UPDATE batch SET state = $2, decided_by = $3, decided_at = $4, worker = NULL, progress = NULL, file = NULL, data_key_id = NULL
          WHERE id = $1::bigint`,
        values: [id, end.state, end.by, end.at],
      })

/** The end of a check that read the whole file. False when the batch is not this worker's any more. */
export async function completeCheck(
  db: Queryable,
  id: string,
  worker: string,
  {
    report,
    rowsTotal,
    firstIccid,
    lastIccid,
    at,
  }: { report: object; rowsTotal: number; firstIccid?: string; lastIccid?: string; at: Date },
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `UPDATE batch SET state = 'draft', report = $3, rows_total = $4, first_iccid = $5, last_iccid = $6, checked_at = $7, worker = NULL,
        progress = NULL WHERE id = $1::bigint AND worker = $2 AND state = 'checking'`,
    values: [id, worker, JSON.stringify(report), rowsTotal, firstIccid ?? null, lastIccid ?? null, at],
  })
  return rowCount === 1
}

/** Makes a draft stock; the file it came from is not needed any more. */
export const approveRow = (tx: Transaction, id: string, { by, at, rowsKept }: { by: string; at: Date; rowsKept: number }) =>
  tx.query({
    text: `UPDATE batch SET state = 'approved', decided_by = $2, decided_at = $3, rows_kept = $4, file = NULL WHERE id = $1::bigint`,
    values: [id, by, at, rowsKept],
  })
