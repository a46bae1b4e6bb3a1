import type { ProfileState } from '@/lib/rsp/lifecycle'
import { one, type Queryable, type Transaction } from './pool'

/** Orders issued in one go. */
export interface RunRow {
  id: string
  title: string
  /** Name of the profile type; null where they are of several, or were chosen by ICCID */
  type: string | null
  /** How many profiles were asked for */
  wanted: number
  /** How many have an order */
  issued: number
  createdAt: Date
  createdBy: string
  taskId: string | null
}

const issuedCount = '(SELECT count(*)::int FROM download_order o WHERE o.run_id = r.id) AS issued'
const COLUMNS = `r.id, r.title, t.name AS type, r.wanted, ${issuedCount}, r.created_at AS "createdAt", r.created_by AS "createdBy",
  r.task_id AS "taskId"`
const TABLES = 'issue_run r LEFT JOIN profile_type t ON t.id = r.type_id'

/** Runs, newest first. @param page.before the id of the last one seen */
export async function listRuns(db: Queryable, { before, limit }: { before?: string | undefined; limit: number }): Promise<RunRow[]> {
  const { rows } = await db.query<RunRow & Record<string, unknown>>({
    text: `SELECT ${COLUMNS} FROM ${TABLES}
      WHERE $1::uuid IS NULL OR (r.created_at, r.id) < (SELECT created_at, id FROM issue_run WHERE id = $1)
      ORDER BY r.created_at DESC, r.id DESC LIMIT $2`,
    values: [before ?? null, limit],
  })
  return rows
}

export interface RunDetail extends RunRow {
  /** Of the profiles, while the order of this run is the one that counts: open, or the last of its profile */
  states: Partial<Record<ProfileState, number>>
  /** Orders that were cancelled */
  cancelled: number
  /** Open orders that wait for their release, or that no device has taken yet */
  open: number
  /** Orders whose customer has a link that is good and was not mailed, though there is an address */
  toMail: number
  /** Codes were made, each for its order */
  confirmationCodes: boolean
  /** How many of them are kept still */
  codesKept: number
  codesForgottenAt: Date | null
}

/** The task that makes a run's orders; null once it is forgotten, undefined when there is no such run. */
export const taskIdOfRun = async (db: Queryable, runId: string): Promise<string | null | undefined> =>
  (await one<{ taskId: string | null }>(db, { text: 'SELECT task_id AS "taskId" FROM issue_run WHERE id = $1', values: [runId] }))?.taskId

/** A run with what became of its orders; undefined when there is none. */
export async function runDetail(db: Queryable, runId: string): Promise<RunDetail | undefined> {
  const run = await one<RunDetail & Record<string, unknown>>(db, {
    text: `SELECT ${COLUMNS}, r.confirmation_codes AS "confirmationCodes", r.codes_forgotten_at AS "codesForgottenAt",
        (SELECT count(*)::int FROM issue_run_code c WHERE c.run_id = r.id AND c.iccid <> '') AS "codesKept"
      FROM ${TABLES} WHERE r.id = $1`,
    values: [runId],
  })
  if (!run) return undefined
  const { rows } = await db.query<{ state: ProfileState; open: boolean; cancelled: boolean; mail: number; count: number }>({
    text: `SELECT p.state, o.closed_at IS NULL AS open, coalesce(o.outcome = 'cancelled', false) AS cancelled, count(*)::int AS count,
        count(l.id) FILTER (WHERE o.customer_email IS NOT NULL AND l.mailed_at IS NULL AND o.closed_at IS NULL)::int AS mail
      FROM download_order o JOIN profile p ON p.iccid = o.iccid
        LEFT JOIN customer_link l ON l.order_id = o.id AND l.revoked_at IS NULL
      WHERE o.run_id = $1 GROUP BY 1, 2, 3`,
    values: [runId],
  })
  const states: RunDetail['states'] = {}
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0)
  for (const { state, cancelled, count } of rows) if (!cancelled) states[state] = (states[state] ?? 0) + count
  return {
    ...run,
    states,
    cancelled: sum(({ cancelled, count }) => (cancelled ? count : 0)),
    open: sum(({ open, state, count }) => (open && state !== 'Downloaded' ? count : 0)),
    toMail: sum(({ mail }) => mail),
  }
}

/** An order of a run, for its files and its page. */
export interface RunOrder {
  iccid: string
  orderId: string
  eid: string | null
  /** Null while it is not confirmed; empty for a default SM-DP+ order */
  matchingId: string | null
  smdpAddress: string | null
  confirmationCodeRequired: boolean
  expiresAt: Date | null
  reference: string | null
  customerEmail: string | null
  language: string | null
  /** The customer's link that is good, if any: `customerPageUrl` makes its address */
  linkId: string | null
  /** The profile's, which may have another order by now: look at `closedAt` too */
  state: ProfileState
  closedAt: Date | null
  outcome: string | null
}

/** Orders of a run by ICCID. A profile that was cancelled back into stock and drawn again within one run is listed once, with its last order. */
export async function runOrders(
  db: Queryable,
  runId: string,
  { after, limit, onlyOpen = false }: { after?: string | undefined; limit: number; onlyOpen?: boolean },
): Promise<RunOrder[]> {
  const { rows } = await db.query<RunOrder & Record<string, unknown>>({
    name: 'run-orders',
    text: `SELECT DISTINCT ON (o.iccid) o.iccid, o.id AS "orderId", o.eid, o.matching_id AS "matchingId", o.smdp_address AS "smdpAddress",
        o.confirmation_code_hash IS NOT NULL AS "confirmationCodeRequired", o.expires_at AS "expiresAt", o.reference,
        o.customer_email AS "customerEmail", o.language, l.id AS "linkId", p.state, o.closed_at AS "closedAt", o.outcome
      FROM download_order o JOIN profile p ON p.iccid = o.iccid
        LEFT JOIN customer_link l ON l.order_id = o.id AND l.revoked_at IS NULL
      WHERE o.run_id = $1 AND o.iccid > $2 AND (NOT $4 OR o.closed_at IS NULL)
      ORDER BY o.iccid, o.created_at DESC LIMIT $3`,
    values: [runId, after ?? '', limit, onlyOpen],
  })
  return rows
}

export interface NewRun {
  id: string
  type: string | undefined
  title: string
  wanted: number
  confirmationCodes: boolean
  createdAt: Date
  createdBy: string
}

export const insertRun = (tx: Transaction, run: NewRun) =>
  tx.query({
    text: `INSERT INTO issue_run (id, type_id, title, wanted, confirmation_codes, created_at, created_by)
      VALUES ($1, (SELECT id FROM profile_type WHERE name = $2), $3, $4, $5, $6, $7)`,
    values: [run.id, run.type ?? null, run.title, run.wanted, run.confirmationCodes, run.createdAt, run.createdBy],
  })

export const setRunTask = (tx: Transaction, runId: string, taskId: string) =>
  tx.query({ text: 'UPDATE issue_run SET task_id = $2 WHERE id = $1', values: [runId, taskId] })

/** Holds a run until the transaction ends, so that of two who issue for it one waits. @returns how many orders it has; undefined without a run */
export async function lockRun(tx: Transaction, runId: string): Promise<{ issued: number } | undefined> {
  const { rowCount } = await tx.query({ name: 'lock-run', text: 'SELECT FROM issue_run WHERE id = $1 FOR UPDATE', values: [runId] })
  if (rowCount === 0) return undefined
  // By a statement of its own: the one that waits counts as it was before.
  return one<{ issued: number }>(tx, {
    name: 'count-run-orders',
    text: 'SELECT count(*)::int AS issued FROM download_order WHERE run_id = $1',
    values: [runId],
  })
}

export const markRunCodes = (tx: Transaction, runId: string) =>
  tx.query({
    name: 'mark-run-codes',
    text: 'UPDATE issue_run SET confirmation_codes = true WHERE id = $1 AND NOT confirmation_codes',
    values: [runId],
  })

/** Which of these orders there are. */
export async function knownOrders(db: Queryable, orderIds: string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'known-orders',
    text: 'SELECT id FROM download_order WHERE id = ANY($1::uuid[])',
    values: [orderIds],
  })
  return new Set(rows.map(({ id }) => id))
}
