import { approvalRequired } from '@/lib/accounts/approvals/settings'
import { type BatchDetail, batchDetail } from '@/lib/db/batches/batch-pages'
import type { Database } from '@/lib/db/pool'
import type { KeptFacts } from '@/lib/inventory/batches/facts'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import { CsvMapping } from '@/lib/inventory/formats/mapping'
import type { ReadTable } from './mapping/use-mapping-draft'

/** The table of a file that has one, for a person to look at. */
export interface ShownTable extends ReadTable {
  /** It is read as the vendor's last file was. */
  remembered: boolean
  /** A vendor's output file says itself where its table is and what divides it. */
  fixedReading: boolean
}

/** A batch as its page shows it. */
export interface ShownBatch extends Omit<BatchDetail, 'facts' | 'mapping' | 'report'> {
  facts: Pick<KeptFacts, 'pgp' | 'packages'>
  table: ShownTable | undefined
  report: BatchReport | undefined
  /** A second person has to approve batches. */
  byTwo: boolean
}

function tableOf({ facts, mapping: kept }: BatchDetail): ShownTable | undefined {
  const { data: mapping } = CsvMapping.safeParse(kept)
  if (!mapping) return undefined
  const { columns, remembered, header } = facts as KeptFacts
  return {
    mapping,
    remembered,
    fixedReading: header !== undefined,
    columns: mapping.columns.map(({ header: name }, place) => {
      const guess = columns?.[place]
      return { name: name || guess?.name || `Column ${place + 1}`, confidence: guess?.confidence, samples: guess?.samples ?? [] }
    }),
  }
}

/** Undefined when there is no such batch. */
export async function readShownBatch(db: Database, id: string): Promise<ShownBatch | undefined> {
  const [batch, byTwo] = await Promise.all([batchDetail(db, id), approvalRequired(db, 'batch:approve')])
  if (!batch) return undefined
  const { pgp, packages } = batch.facts as KeptFacts
  return {
    ...batch,
    facts: { pgp, ...(packages === undefined ? {} : { packages }) },
    table: tableOf(batch),
    report: (batch.report as BatchReport | null) ?? undefined,
    byTwo,
  }
}
