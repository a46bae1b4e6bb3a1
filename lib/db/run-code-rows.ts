import { one, type Queryable, type Transaction } from './pool'

/** Under which the code of a whole run is kept, for as long as its orders are being issued. */
export const wholeRun = ''

export interface SealedRunCode {
  iccid: string
  /** By the vault, identity `runCodeIdentity` */
  sealed: Buffer
}

export const runCodeIdentity = (runId: string, iccid: string): string => `issue_run_code:${runId}:${iccid}`

export const insertRunCodes = (tx: Transaction, runId: string, codes: readonly SealedRunCode[]) =>
  tx.query({
    name: 'insert-run-codes',
    text: 'INSERT INTO issue_run_code (run_id, iccid, sealed) SELECT $1, new.* FROM unnest($2::text[], $3::bytea[]) AS new',
    values: [runId, codes.map(({ iccid }) => iccid), codes.map(({ sealed }) => sealed)],
  })

/** Codes of profiles, by ICCID. */
export async function readRunCodes(
  db: Queryable,
  runId: string,
  { after = wholeRun, limit }: { after?: string | undefined; limit: number },
): Promise<SealedRunCode[]> {
  const { rows } = await db.query<SealedRunCode & Record<string, unknown>>({
    name: 'run-codes',
    text: 'SELECT iccid, sealed FROM issue_run_code WHERE run_id = $1 AND iccid > $2 ORDER BY iccid LIMIT $3',
    values: [runId, after, limit],
  })
  return rows
}

export async function readRunCodesOf(db: Queryable, runId: string, iccids: readonly string[]): Promise<SealedRunCode[]> {
  const { rows } = await db.query<SealedRunCode & Record<string, unknown>>({
    name: 'run-codes-of',
    text: 'SELECT iccid, sealed FROM issue_run_code WHERE run_id = $1 AND iccid = ANY($2::text[])',
    values: [runId, iccids],
  })
  return rows
}

export const removeWholeRunCode = (db: Queryable, runId: string) =>
  db.query({ text: 'DELETE FROM issue_run_code WHERE run_id = $1 AND iccid = $2', values: [runId, wholeRun] })

const BEING_ISSUED = `EXISTS (SELECT FROM task t WHERE t.id = r.task_id AND t.state IN ('waiting', 'running'))`

/** Whether a run is, or waits to be, issued; undefined when there is none. */
export const runIsBeingIssued = async (db: Queryable, runId: string): Promise<boolean | undefined> =>
  (
    await one<{ issuing: boolean }>(db, {
      text: `SELECT ${BEING_ISSUED} AS issuing FROM issue_run r WHERE r.id = $1`,
      values: [runId],
    })
  )?.issuing

/** Removes a run's codes. @returns how many they were */
export async function removeRunCodes(tx: Transaction, runId: string, at: Date): Promise<number> {
  const { rowCount } = await tx.query({ text: 'DELETE FROM issue_run_code WHERE run_id = $1', values: [runId] })
  await tx.query({
    text: 'UPDATE issue_run SET codes_forgotten_at = $2 WHERE id = $1 AND confirmation_codes AND codes_forgotten_at IS NULL',
    values: [runId, at],
  })
  return rowCount ?? 0
}

/** Removes the codes of runs that were begun before a moment, but of those that are being issued still. @returns how many */
export async function removeOldRunCodes(db: Queryable, { begunBefore, at }: { begunBefore: Date; at: Date }): Promise<number> {
  const { rowCount } = await db.query({
    text: `WITH old AS (SELECT r.id FROM issue_run r WHERE r.created_at < $1 AND NOT ${BEING_ISSUED}
        AND EXISTS (SELECT FROM issue_run_code c WHERE c.run_id = r.id)),
      told AS (UPDATE issue_run SET codes_forgotten_at = $2 FROM old WHERE issue_run.id = old.id AND confirmation_codes)
      DELETE FROM issue_run_code USING old WHERE run_id = old.id`,
    values: [begunBefore, at],
  })
  return rowCount ?? 0
}
