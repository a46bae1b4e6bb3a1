import { one, type Queryable, type Transaction } from './pool'
import type { TaskState } from './task-rows'

/** A file that is made of a run, in sealed pieces. */
export interface DocumentRow {
  id: string
  runId: string
  taskId: string | null
  kind: string
  /** As it was asked for */
  options: Record<string, unknown>
  /** Under which it is saved */
  name: string
  /** Of what is there already, opened */
  bytes: number
  /** Whether it holds confirmation codes; known once it is ready */
  hasCodes: boolean
  /** Null while it is being made */
  readyAt: Date | null
  expiresAt: Date
  createdAt: Date
  createdBy: string
}

// `attempt` and `hasCodes` of the options are ours.
const COLUMNS = `d.id, d.run_id AS "runId", d.task_id AS "taskId", d.kind, d.options - 'attempt' - 'hasCodes' AS options, d.name, d.bytes::float8 AS bytes,
  coalesce((d.options->>'hasCodes')::boolean, false) AS "hasCodes", d.ready_at AS "readyAt", d.expires_at AS "expiresAt",
  d.created_at AS "createdAt", d.created_by AS "createdBy"`

/** Confirmation codes that were forgotten are not given out by files that were made before. */
const MAY_BE_GIVEN = `NOT (coalesce((d.options->>'hasCodes')::boolean, false)
  AND EXISTS (SELECT FROM issue_run r WHERE r.id = d.run_id AND r.codes_forgotten_at IS NOT NULL))`

type Row = DocumentRow & Record<string, unknown>

export interface NewDocument {
  id: string
  runId: string
  kind: string
  options: object
  name: string
  expiresAt: Date
  createdAt: Date
  createdBy: string
}

export const insertDocument = (tx: Transaction, { id, runId, kind, options, name, expiresAt, createdAt, createdBy }: NewDocument) =>
  tx.query({
    text: `INSERT INTO document (id, run_id, kind, options, name, expires_at, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [id, runId, kind, JSON.stringify(options), name, expiresAt, createdAt, createdBy],
  })

export const setDocumentTask = (tx: Transaction, id: string, taskId: string) =>
  tx.query({ text: 'UPDATE document SET task_id = $2 WHERE id = $1', values: [id, taskId] })

/** A document whose time is not over; undefined when there is none, or it holds codes that were forgotten since. */
export const readDocument = (db: Queryable, id: string, now: Date): Promise<DocumentRow | undefined> =>
  one<Row>(db, {
    text: `SELECT ${COLUMNS} FROM document d WHERE d.id = $1 AND d.expires_at > $2 AND ${MAY_BE_GIVEN}`,
    values: [id, now],
  })

export interface ListedDocument extends DocumentRow {
  /** Of the task that makes it; null when that is gone */
  taskState: TaskState | null
}

/** The files of a run that can be had or are being made, newest first. */
export async function listDocuments(db: Queryable, runId: string, now: Date): Promise<ListedDocument[]> {
  const { rows } = await db.query<ListedDocument & Record<string, unknown>>({
    text: `SELECT ${COLUMNS}, t.state AS "taskState" FROM document d LEFT JOIN task t ON t.id = d.task_id
      WHERE d.run_id = $1 AND d.expires_at > $2 AND (d.ready_at IS NOT NULL OR t.state IN ('waiting', 'running')) AND ${MAY_BE_GIVEN}
      ORDER BY d.created_at DESC, d.id LIMIT 50`,
    values: [runId, now],
  })
  return rows
}

/** The same file of the same run that somebody asked for just before, and that is being made. */
export const documentUnderWay = (
  tx: Transaction,
  { runId, kind, options }: Pick<NewDocument, 'runId' | 'kind' | 'options'>,
): Promise<{ documentId: string; taskId: string } | undefined> =>
  one<{ documentId: string; taskId: string }>(tx, {
    text: `SELECT d.id AS "documentId", t.id AS "taskId" FROM document d JOIN task t ON t.id = d.task_id
      WHERE d.run_id = $1 AND d.kind = $2 AND d.options - 'attempt' = $3::jsonb AND d.ready_at IS NULL
        AND t.state IN ('waiting', 'running') AND NOT t.cancel_requested
      ORDER BY d.created_at DESC LIMIT 1`,
    values: [runId, kind, JSON.stringify(options)],
  })

/**
 * Begins to make a document from its beginning: what an attempt before has left goes, and that attempt, should it still run, cannot write any more.
 * @returns undefined when it is there no more
 */
export async function beginDocument(tx: Transaction, id: string, attempt: string): Promise<DocumentRow | undefined> {
  const document = await one<Row>(tx, {
    text: `UPDATE document d SET options = d.options || jsonb_build_object('attempt', $2::text), bytes = 0
      WHERE id = $1 AND ready_at IS NULL RETURNING ${COLUMNS}`,
    values: [id, attempt],
  })
  if (document) await tx.query({ text: 'DELETE FROM document_piece WHERE document_id = $1', values: [id] })
  return document ?? one<Row>(tx, { text: `SELECT ${COLUMNS} FROM document d WHERE d.id = $1`, values: [id] })
}

/** Adds a piece. @returns false when the document is gone, or somebody else makes it now */
export async function writePiece(
  db: Queryable,
  { id, attempt, place, sealed, bytes }: { id: string; attempt: string; place: number; sealed: Buffer; bytes: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'write-document-piece',
    text: `WITH own AS (
        UPDATE document SET bytes = bytes + $5 WHERE id = $1 AND options->>'attempt' = $2 AND ready_at IS NULL RETURNING id)
      INSERT INTO document_piece (document_id, place, sealed) SELECT id, $3, $4 FROM own`,
    values: [id, attempt, place, sealed, bytes],
  })
  return rowCount === 1
}

/** Gives a document free. @returns false when it is gone, somebody else makes it now, or its codes were forgotten meanwhile */
export async function finishDocument(
  db: Queryable,
  { id, attempt, hasCodes, at }: { id: string; attempt: string; hasCodes: boolean; at: Date },
): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `UPDATE document d SET ready_at = $4, options = d.options - 'attempt' || jsonb_build_object('hasCodes', $3::boolean)
      WHERE id = $1 AND options->>'attempt' = $2 AND ready_at IS NULL
        AND NOT ($3 AND EXISTS (SELECT FROM issue_run r WHERE r.id = d.run_id AND r.codes_forgotten_at IS NOT NULL))`,
    values: [id, attempt, hasCodes, at],
  })
  return rowCount === 1
}

/** One piece, sealed; undefined when there is none at this place. */
export const readPiece = async (db: Queryable, id: string, place: number): Promise<Buffer | undefined> =>
  (
    await one<{ sealed: Buffer }>(db, {
      name: 'read-document-piece',
      text: 'SELECT sealed FROM document_piece WHERE document_id = $1 AND place = $2',
      values: [id, place],
    })
  )?.sealed

/** Removes a document with its pieces; with `attempt` only if that one makes it still. */
export const removeDocument = (db: Queryable, id: string, attempt?: string) =>
  db.query({ text: `DELETE FROM document WHERE id = $1 AND ($2::text IS NULL OR options->>'attempt' = $2)`, values: [id, attempt ?? null] })

/** Removes files that hold codes of a run: to be called where its codes are forgotten. Those being made now find that out at their end. */
export const removeDocumentsWithCodes = (tx: Transaction, runId: string) =>
  tx.query({ text: `DELETE FROM document WHERE run_id = $1 AND options->>'hasCodes' = 'true'`, values: [runId] })

/** Removes what is out of date, what holds forgotten codes, and what nobody will finish. @returns how many */
export async function removeOldDocuments(db: Queryable, now: Date): Promise<number> {
  const { rowCount } = await db.query({
    text: `DELETE FROM document d WHERE d.expires_at <= $1 OR NOT (${MAY_BE_GIVEN})
      OR d.ready_at IS NULL AND d.task_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM task t WHERE t.id = d.task_id AND t.state IN ('waiting', 'running'))`,
    values: [now],
  })
  return rowCount ?? 0
}
