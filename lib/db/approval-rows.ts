import { one, type Queryable, type Transaction } from './pool'
import { storableJson } from './profile-events'

/** What one person asked for, and what another said. */
export interface ApprovalRow {
  id: string
  kind: string
  /** A batch's number, a key's id */
  target: string
  detail: Record<string, unknown>
  requestedAt: Date
  requestedBy: string
  decision: 'approved' | 'declined' | 'withdrawn' | null
  decidedAt: Date | null
  decidedBy: string | null
}

type Row = ApprovalRow & Record<string, unknown>

const COLUMNS = `id, kind, target, detail, requested_at AS "requestedAt", requested_by AS "requestedBy", decision, decided_at AS "decidedAt",
  decided_by AS "decidedBy"`

/** The id of a new request; undefined when one for the same is open. */
export async function insertApproval(
  db: Queryable,
  { kind, target, detail, requestedBy }: Pick<ApprovalRow, 'kind' | 'target' | 'detail' | 'requestedBy'>,
): Promise<string | undefined> {
  const row = await one<{ id: string }>(db, {
    text: `INSERT INTO approval (kind, target, detail, requested_by) VALUES ($1, $2, $3, $4)
      ON CONFLICT (kind, target) WHERE decision IS NULL DO NOTHING RETURNING id`,
    values: [kind, target, storableJson(detail), requestedBy],
  })
  return row?.id
}

export const readOpenApproval = (db: Queryable, kind: string, target: string): Promise<ApprovalRow | undefined> =>
  one<Row>(db, {
    text: `SELECT ${COLUMNS} FROM approval WHERE kind = $1 AND target = $2 AND decision IS NULL`,
    values: [kind, target],
  })

export const readApproval = (db: Queryable, id: string): Promise<ApprovalRow | undefined> =>
  one<Row>(db, { text: `SELECT ${COLUMNS} FROM approval WHERE id = $1`, values: [id] })

/** Of two who decide at once, one wins; nobody approves what they asked for. Undefined when nothing was decided. */
export const decideOpenApproval = (
  db: Queryable,
  id: string,
  { decision, decidedBy }: { decision: NonNullable<ApprovalRow['decision']>; decidedBy: string },
): Promise<ApprovalRow | undefined> =>
  one<Row>(db, {
    text: `UPDATE approval SET decision = $2, decided_at = CURRENT_TIMESTAMP, decided_by = $3
      WHERE id = $1 AND decision IS NULL AND ($2 <> 'approved' OR requested_by <> $3) RETURNING ${COLUMNS}`,
    values: [id, decision, decidedBy],
  })

/** What waits, from the oldest on. */
export const readOpenApprovals = async (db: Queryable, limit: number): Promise<ApprovalRow[]> =>
  (
    await db.query<Row>({
      text: `SELECT ${COLUMNS} FROM approval WHERE decision IS NULL ORDER BY requested_at, id LIMIT $1`,
      values: [limit],
    })
  ).rows

/** What was decided, from the newest request on; `before` is the last one of the page before. */
export const readDecidedApprovals = async (
  db: Queryable,
  { before, limit }: { before?: Pick<ApprovalRow, 'id' | 'requestedAt'> | undefined; limit: number },
): Promise<ApprovalRow[]> =>
  (
    await db.query<Row>({
      text: `SELECT ${COLUMNS} FROM approval WHERE decision IS NOT NULL AND ($1::timestamptz IS NULL OR (requested_at, id) < ($1, $2::uuid))
        ORDER BY requested_at DESC, id DESC LIMIT $3`,
      values: [before?.requestedAt ?? null, before?.id ?? null, limit],
    })
  ).rows

/** How many requests wait. */
export async function countOpenApprovals(db: Queryable): Promise<number> {
  const row = await one<{ waiting: number }>(db, {
    name: 'count-open-approvals',
    text: 'SELECT count(*)::int AS waiting FROM approval WHERE decision IS NULL',
  })
  return row?.waiting ?? 0
}

/** How many people of these roles can sign in. */
export async function countPeople(db: Queryable, roles: readonly string[]): Promise<number> {
  const row = await one<{ people: number }>(db, {
    text: 'SELECT count(*)::int AS people FROM account WHERE password_hash IS NOT NULL AND disabled_at IS NULL AND role = ANY($1)',
    values: [roles],
  })
  return row?.people ?? 0
}

/** One change of the rules at a time, until the transaction ends. */
export const lockApprovalRules = (tx: Transaction) =>
  tx.query({ text: `SELECT pg_advisory_xact_lock(hashtextextended('approval settings', 7270737))` })
