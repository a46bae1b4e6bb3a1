import { one, type Queryable } from '../pool'
import { type BatchState, type CheckProgress, type Declared, isBatchId } from './batch-rows'

/** Where the check of a batch is. */
export interface BatchProgressRow {
  id: string
  state: BatchState
  rowsRead: number
  /** Null while nobody has counted them */
  rowsTotal: number | null
  /** Of the file, 0 to 1; null while nothing is known */
  share: number | null
  rowsPerSecond: number | null
  secondsLeft: number | null
  kept: number
  warned: number
  refused: number
}

/** A batch in a list. */
export interface ListedBatch extends BatchProgressRow {
  name: string
  typeId: string
  typeName: string
  live: boolean
  vendor: string | null
  format: 'csv' | 'out' | 'zip' | 'der'
  /** A second person has to decide */
  waiting: boolean
  firstIccid: string | null
  lastIccid: string | null
  createdAt: Date
  createdBy: string
}

/** A request that waits for a second person. */
export interface WaitingRequest {
  id: string
  requestedBy: string
  requestedAt: Date
  /** `how`: all or good */
  detail: Record<string, unknown>
}

/** All that people may know of a batch. */
export interface BatchDetail extends ListedBatch {
  templateId: string | null
  fileBytes: number
  /** KeptFacts, CsvMapping and BatchReport of lib/inventory; null before there is one */
  facts: unknown
  mapping: unknown
  report: unknown
  declared: Declared
  failure: string | null
  /** Whether the uploaded file is still kept */
  hasFile: boolean
  request: WaitingRequest | null
  checkedAt: Date | null
  decidedAt: Date | null
  decidedBy: string | null
}

interface Row extends Omit<ListedBatch, 'share' | 'rowsPerSecond' | 'secondsLeft'>, Record<string, unknown> {
  progress: CheckProgress | null
}

const PROGRESS = `b.id::text, b.state, b.rows_read AS "rowsRead", b.rows_total AS "rowsTotal", b.progress, b.rows_kept AS kept, b.rows_warned AS warned,
  b.rows_refused AS refused`
const OPEN = `a.kind = 'batch:approve' AND a.target = b.id::text AND a.decision IS NULL`
const LISTED = `${PROGRESS}, b.name, b.type_id AS "typeId", t.name AS "typeName", t.live, b.vendor, b.format, b.first_iccid AS "firstIccid",
  b.last_iccid AS "lastIccid", EXISTS (SELECT FROM approval a WHERE ${OPEN}) AS waiting, b.created_at AS "createdAt", b.created_by AS "createdBy"`
const TABLES = 'batch b JOIN profile_type t ON t.id = b.type_id'

/** While a check runs its worker knows better than the chunks that are committed. */
function withProgress<R extends Pick<Row, 'progress' | 'state' | 'rowsRead'>>({ progress, ...row }: R) {
  const live = row.state === 'checking' ? progress : null
  return {
    ...row,
    rowsRead: Math.max(row.rowsRead, live?.rowsRead ?? 0),
    share: live ? live.share : null,
    rowsPerSecond: live?.rowsPerSecond ?? null,
    secondsLeft: live?.secondsLeft ?? null,
  }
}

export interface BatchListQuery {
  /** The id of the last batch of the page before */
  before?: string | undefined
  limit: number
  typeId?: string | undefined
  state?: BatchState | undefined
}

/** Batches, the newest first. */
export async function listBatches(db: Queryable, { before, limit, typeId, state }: BatchListQuery): Promise<ListedBatch[]> {
  if (before !== undefined && !isBatchId(before)) return []
  const { rows } = await db.query<Row>({
    text: `SELECT ${LISTED} FROM ${TABLES} WHERE ($1::bigint IS NULL OR b.id < $1) AND ($2::uuid IS NULL OR b.type_id = $2)
      AND ($3::text IS NULL OR b.state = $3) ORDER BY b.id DESC LIMIT $4`,
    values: [before ?? null, typeId ?? null, state ?? null, limit],
  })
  return rows.map(row => withProgress(row) as unknown as ListedBatch)
}

/** Undefined when there is none. */
export async function batchDetail(db: Queryable, id: string): Promise<BatchDetail | undefined> {
  if (!isBatchId(id)) return undefined
  const row = await one<Row>(db, {
    text: `SELECT ${LISTED}, b.template_id AS "templateId", b.file_bytes::float8 AS "fileBytes", b.facts, b.mapping, b.report, b.declared, b.failure,
        b.file IS NOT NULL AS "hasFile", b.checked_at AS "checkedAt", b.decided_at AS "decidedAt", b.decided_by AS "decidedBy"
      FROM ${TABLES} WHERE b.id = $1::bigint`,
    values: [id],
  })
  if (!row) return undefined
  const request = await one<WaitingRequest & Record<string, unknown>>(db, {
    text: `SELECT a.id, a.requested_by AS "requestedBy", a.requested_at AS "requestedAt", a.detail FROM batch b JOIN approval a ON ${OPEN}
      WHERE b.id = $1::bigint`,
    values: [id],
  })
  return { ...(withProgress(row) as unknown as Omit<BatchDetail, 'request'>), request: request ?? null }
}

/** Undefined when there is none. */
export async function batchProgress(db: Queryable, id: string): Promise<BatchProgressRow | undefined> {
  if (!isBatchId(id)) return undefined
  const row = await one<Row>(db, {
    name: 'batch-progress-of',
    text: `SELECT ${PROGRESS} FROM batch b WHERE b.id = $1::bigint`,
    values: [id],
  })
  return row && (withProgress(row) as unknown as BatchProgressRow)
}

export interface FindingRow {
  line: number
  place: number
  kind: string
  severity: 'error' | 'warning'
  /** As people call it */
  field: string | null
  sentence: string
}

/** What was found in rows, in the order of the file; the lines of a page are whole, so that the next one begins behind its last line. */
export const batchFindings = async (
  db: Queryable,
  id: string,
  { kind, afterLine = 0, limit }: { kind?: string; afterLine?: number; limit: number },
): Promise<FindingRow[]> =>
  isBatchId(id)
    ? (
        await db.query<FindingRow & Record<string, unknown>>({
          text: `SELECT * FROM (SELECT line, place, kind, severity, field, sentence FROM batch_finding
              WHERE batch_id = $1::bigint AND line > $2 AND ($3::text IS NULL OR kind = $3) ORDER BY line FETCH FIRST ($4::int) ROWS WITH TIES) AS page
            ORDER BY line, place`,
          values: [id, afterLine, kind ?? null, limit],
        })
      ).rows
    : []
