import { setTimeout as delay } from 'node:timers/promises'
import { type BatchDetail, batchDetail, batchProgress } from '@/lib/db/batches/batch-pages'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { progressLine } from './batch-words'
import type { Output } from './output'

const lookEveryMs = 250

/** Waits until a batch is checked, by whichever process, and shows how far it is. @returns what has become of it */
export async function followCheck(db: Database, batchId: string, out: Output): Promise<BatchDetail> {
  for (;;) {
    const progress = await batchProgress(db, batchId)
    if (progress?.state !== 'checking') break
    out.progress(progressLine(progress))
    await delay(lookEveryMs)
  }
  out.progress('')
  const batch = await batchDetail(db, batchId)
  if (!batch) throw new FormError(`There is no batch ${batchId}.`)
  return batch
}
