import { batchFindings } from '@/lib/db/batches/batch-pages'
import { database } from '@/lib/db/pool'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import { Findings } from './findings'
import type { FindingsQuery } from './query'

const pageSize = 50

interface RowFindingsProps {
  batchId: string
  report: BatchReport
  query: FindingsQuery
  lineWord: string
}

/** A page of what was found in rows. */
export async function RowFindings({ batchId, report, query: { kind, after }, lineWord }: RowFindingsProps) {
  const known = report.kinds.some(each => each.kind === kind) ? kind : undefined
  const found = await batchFindings(database(), batchId, {
    limit: pageSize,
    ...(known ? { kind: known } : {}),
    ...(after === undefined ? {} : { afterLine: after }),
  })
  const next = found.length >= pageSize ? found.at(-1)?.line : undefined
  return <Findings batchId={batchId} report={report} findings={found} next={next} kind={known} after={after} lineWord={lineWord} />
}
