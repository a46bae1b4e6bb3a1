import { endCheck, lockBatch } from '@/lib/db/batches/batch-rows'
import { deleteFindings, deleteProfiles } from '@/lib/db/batches/delete-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'

/** Ends the check of a locked batch without a result: its rows go, its file stays, so that it can be checked again. */
export async function failLocked(tx: Transaction, id: string, failure: string): Promise<void> {
  await deleteProfiles(tx, id)
  await deleteFindings(tx, id)
  await endCheck(tx, id, { state: 'failed', failure })
}

/** The same, as long as the batch is this worker's. */
export const failCheck = (db: Database, id: string, { worker, failure }: { worker: string; failure: string }): Promise<void> =>
  transaction(db, async tx => {
    const batch = await lockBatch(tx, id)
    if (batch?.state === 'checking' && batch.worker === worker) await failLocked(tx, id, failure)
  })
