import { one, type Transaction } from '../pool'

/** A million rows take their time. */
const patienceMs = 600_000

const patiently = (tx: Transaction, text: string, values: unknown[]) =>
  one<{ count: number }>(tx, { text, values, query_timeout: patienceMs })

/** Never of a profile that somebody uses, or used: an order, a device. */
const UNUSED = `state IN ('Available', 'Unavailable') AND order_id IS NULL AND eid IS NULL
  AND NOT EXISTS (SELECT FROM download_order o WHERE o.iccid = profile.iccid)`

/** Deletes the profiles of a locked batch with their packages. @returns how many */
export async function deleteProfiles(tx: Transaction, batchId: string, which: 'all' | 'warned' = 'all'): Promise<number> {
  await tx.query({ text: `SET LOCAL statement_timeout = ${patienceMs}` })
  const gone = await patiently(
    tx,
    `WITH gone AS (DELETE FROM profile WHERE batch_id = $1::bigint ${which === 'warned' ? 'AND warned' : ''} AND ${UNUSED} RETURNING iccid),
        packages AS (DELETE FROM profile_package USING gone WHERE profile_package.iccid = gone.iccid)
      SELECT count(*)::int AS count FROM gone`,
    [batchId],
  )
  return gone?.count ?? 0
}

/** Deletes what the doctor found and the rows that it kept for people. */
export async function deleteFindings(tx: Transaction, batchId: string): Promise<void> {
  await patiently(tx, 'DELETE FROM batch_finding WHERE batch_id = $1::bigint', [batchId])
  await patiently(tx, 'DELETE FROM batch_faulty_row WHERE batch_id = $1::bigint', [batchId])
}

/** A profile of the batch that is still there. */
export const anyProfile = async (tx: Transaction, batchId: string): Promise<{ iccid: string; state: string } | undefined> =>
  one<{ iccid: string; state: string }>(tx, {
    text: 'SELECT iccid, state FROM profile WHERE batch_id = $1::bigint ORDER BY iccid LIMIT 1',
    values: [batchId],
  })

/** A profile of the batch that has an order or a device, as far as its own row tells. */
export const profileInUse = async (tx: Transaction, batchId: string): Promise<{ iccid: string; state: string } | undefined> =>
  one<{ iccid: string; state: string }>(tx, {
    text: `SELECT iccid, state FROM profile WHERE batch_id = $1::bigint
      AND (state NOT IN ('Available', 'Unavailable') OR order_id IS NOT NULL OR eid IS NOT NULL) ORDER BY iccid LIMIT 1`,
    values: [batchId],
  })
