import { requireMay } from '@/lib/accounts/actor'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { FileError } from '../formats/file-error'
import type { GuessedMapping, TableLayout } from '../formats/guess-mapping'
import { type BatchContext, requireBatch } from './context'
import { openBatchUpload } from './open-batch-upload'

/**
 * Looks at the table of a batch anew, divided as a person says: its columns are guessed again. Nothing is kept before the check is started with it.
 * @throws FormError when there is no such table; NotAllowed
 */
export async function readTable(db: Database, ctx: BatchContext, batchId: string, layout: TableLayout): Promise<GuessedMapping> {
  requireMay(ctx.actor, 'batch:upload')
  const batch = await requireBatch(db, batchId)
  try {
    const upload = await openBatchUpload(db, ctx, batch, undefined, layout)
    const { mapping, columns } = upload
    await upload.close()
    if (!mapping || !columns) throw new FormError('The columns of this file are named by the file itself.')
    return { mapping, columns }
  } catch (error) {
    throw error instanceof FileError ? new FormError(error.message) : error
  }
}
