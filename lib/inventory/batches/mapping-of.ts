import { requireMay } from '@/lib/accounts/actor'
import type { Declared } from '@/lib/db/batches/batch-rows'
import type { Queryable } from '@/lib/db/pool'
import type { GuessedColumn } from '../formats/guess-mapping'
import { CsvMapping } from '../formats/mapping'
import type { UploadFacts } from '../formats/open-upload'
import { type BatchContext, requireBatch } from './context'
import type { KeptFacts } from './facts'

/** How a file will be read, for a person to look at; no secret is in it. */
export interface FileMapping {
  format: 'csv' | 'out' | 'zip' | 'der'
  facts: UploadFacts
  declared: Declared
  /** None where there is no table */
  mapping?: CsvMapping
  /** How sure the guess was of each column, with described samples; none of a vendor's output file, whose header names its columns */
  columns?: GuessedColumn[]
  /** The mapping is the one that the vendor's last file was read by */
  remembered: boolean
}

/** @throws FormError when there is no such batch; NotAllowed */
export async function mappingOf(db: Queryable, ctx: Pick<BatchContext, 'actor'>, batchId: string): Promise<FileMapping> {
  requireMay(ctx.actor, 'batch:read')
  const batch = await requireBatch(db, batchId)
  const { columns, remembered, ...facts } = batch.facts as KeptFacts
  const mapping = CsvMapping.safeParse(batch.mapping)
  return {
    format: batch.format,
    facts,
    declared: batch.declared,
    remembered,
    ...(mapping.success ? { mapping: mapping.data } : {}),
    ...(columns ? { columns } : {}),
  }
}
