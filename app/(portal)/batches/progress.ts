import type { BatchProgress } from '@/components/batch/progress'
import type { BatchProgressRow } from '@/lib/db/batches/batch-pages'

/** What a page is told about a check. */
export const shownProgress = ({
  id,
  state,
  rowsRead,
  rowsTotal,
  share,
  rowsPerSecond,
  secondsLeft,
  warned,
  refused,
}: BatchProgressRow): BatchProgress => ({
  id,
  state,
  rowsRead,
  rowsTotal,
  share,
  rowsPerSecond,
  secondsLeft,
  warned,
  refused,
})
