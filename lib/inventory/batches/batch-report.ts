import { type BatchRecord, readBatch } from '@/lib/db/batches/batch-rows'
import { findingKinds, iccidRange } from '@/lib/db/batches/check-rows'
import type { Database } from '@/lib/db/pool'
import { FINDING_KINDS } from '../doctor/finding-kinds'
import type { BatchFinding, BatchReport } from '../doctor/findings'
import { type CheckContext, unknownBatch } from './context'
import { preflightSample } from './sample'

/** What the person who decides gets to read: counted from what was kept, so that it is whole after an interruption too. */
export async function reportOf(
  db: Database,
  ctx: CheckContext,
  { batch: { id }, whole, rows }: { batch: BatchRecord; whole: BatchFinding[]; rows: number },
): Promise<BatchReport> {
  const batch = await readBatch(db, id)
  if (!batch) throw unknownBatch(id)
  const [kinds, range, preflight] = await Promise.all([findingKinds(db, id), iccidRange(db, id), preflightSample(db, ctx, batch)])
  return {
    rows,
    good: batch.rowsKept - batch.rowsWarned,
    warned: batch.rowsWarned,
    refused: batch.rowsRefused,
    kinds: kinds.map(each => ({ ...each, title: FINDING_KINDS[each.kind]?.title ?? each.kind })),
    whole,
    ...(range?.first ? { firstIccid: range.first } : {}),
    ...(range?.last ? { lastIccid: range.last } : {}),
    preflight,
    durationMs: Math.max(0, Date.now() - (batch.progress?.startedAt ?? Date.now())),
  }
}
