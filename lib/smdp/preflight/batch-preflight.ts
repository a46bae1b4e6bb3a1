import type { Queryable } from '@/lib/db/pool'
import { readProfileTypeById } from '@/lib/db/type-rows'
import type { PreflightResult } from '@/lib/inventory/doctor/findings'
import { preflight } from './preflight'

/** One package of a batch, and what the stock would know it by. */
export interface BatchSample {
  package: Buffer
  typeId: string
  iccid: string
}

/**
 * The pre-flight that the check of a batch is given: reads the sample's type as it is now, and nothing else of the database.
 * @returns failed when there is no such type any more
 */
export const batchPreflight =
  (db: Queryable, clock: () => Date = () => new Date()) =>
  async (sample: BatchSample): Promise<PreflightResult> => {
    const { iccid } = sample
    const type = await readProfileTypeById(db, sample.typeId)
    if (!type) return { result: 'failed', iccid, sentence: 'The profile type of the batch is not there any more.' }
    return preflight({ package: sample.package, iccid, type, now: clock() })
  }
