import type { BatchDetail, BatchProgressRow } from '@/lib/db/batches/batch-pages'
import type { BatchState } from '@/lib/db/batches/batch-rows'
import type { BatchReport } from '@/lib/inventory/doctor/findings'
import type { Output } from './output'

/** What becomes of a batch in each state. */
export const STATE_WORDS: Record<BatchState, string> = {
  uploaded: 'uploaded, not checked yet',
  checking: 'being checked',
  draft: 'a draft: checked, not in stock',
  failed: 'failed',
  approved: 'in stock',
  discarded: 'discarded',
  rolledBack: 'taken out of stock again',
}

export const count = (value: number): string => value.toLocaleString('en')
const rows = (value: number): string => (value === 1 ? '1 row' : `${count(value)} rows`)

/** How far a check is, in one line. */
export function progressLine({ rowsRead, rowsPerSecond, secondsLeft }: BatchProgressRow): string {
  const pace = rowsPerSecond ? `, ${count(rowsPerSecond)} a second` : ''
  const left = secondsLeft === null ? '' : `, ${secondsLeft < 90 ? `${secondsLeft} s` : `${Math.round(secondsLeft / 60)} min`} left`
  return `… ${rows(rowsRead)} checked${pace}${left}`
}

const mark = { error: 'error', warning: 'warning' } as const

/** The doctor's report for people. */
export function tellReport(out: Output, report: BatchReport): void {
  const { good, warned, refused, kinds, whole, preflight } = report
  out.line(`${rows(report.rows)}: ${count(good)} good, ${count(warned)} with warnings, ${count(refused)} that cannot become stock.`)
  if (report.firstIccid && report.lastIccid) out.line(`ICCIDs from ${report.firstIccid} to ${report.lastIccid}.`)
  if (kinds.length > 0)
    out.table(
      ['Rows', 'Finding', ''],
      kinds.map(kind => [count(kind.rows), kind.title, mark[kind.severity]]),
    )
  for (const { sentence } of whole) out.line(`The file as a whole: ${sentence}`)
  if (preflight) out.line(`Pre-flight: ${preflight.sentence}`)
}

/** What scripts get of a batch. */
export const batchAnswer = (batch: BatchDetail) => ({
  batch: batch.id,
  file: batch.name,
  type: batch.typeName,
  vendor: batch.vendor,
  state: batch.state,
  waiting: batch.waiting,
  failure: batch.failure,
  rowsRead: batch.rowsRead,
  kept: batch.kept,
  warned: batch.warned,
  refused: batch.refused,
  report: batch.report,
  createdAt: batch.createdAt,
  createdBy: batch.createdBy,
  decidedAt: batch.decidedAt,
  decidedBy: batch.decidedBy,
})
