import { CheckProgress } from '@/components/batch/check-progress'
import type { BatchProgress } from '@/components/batch/progress'
import type { BatchState } from '@/components/batch/states'
import { classNames } from '@/components/class-names'
import { numberWords } from '@/components/number-words'

/** A batch as the list shows it. */
export interface ListedBatch {
  id: string
  name: string
  state: BatchState
  /** A second person has to decide. */
  waiting: boolean
  type: string
  vendor: string | null
  /** Once it is checked */
  rows: { good: number; warned: number; refused: number } | { inStock: number; left: number } | undefined
  progress: BatchProgress | undefined
  createdAt: string
  createdBy: string
}

const Count = ({ value, word, tone, always }: { value: number; word: string; tone?: string; always?: boolean }) =>
  value > 0 || always ? (
    <span className={classNames('whitespace-nowrap', tone)}>
      <span className="tabular-nums">{numberWords(value)}</span> {word}
    </span>
  ) : null

/** How a batch's rows stand: counted, or being checked. */
export function ListedRows({ batch, progress }: { batch: ListedBatch; progress: BatchProgress | undefined }) {
  if (batch.state === 'checking' && progress) return <CheckProgress name={batch.name} progress={progress} />
  if (!batch.rows) return <span className="text-quiet max-sm:hidden">–</span>
  return (
    <span className="flex flex-wrap gap-x-3">
      {'inStock' in batch.rows ? (
        <>
          <Count value={batch.rows.inStock} word="in stock" always />
          <Count value={batch.rows.left} word="left out" tone="text-quiet" />
        </>
      ) : (
        <>
          <Count value={batch.rows.good} word="good" always />
          <Count value={batch.rows.warned} word="with warnings" tone="text-warn" />
          <Count value={batch.rows.refused} word="with errors" tone="text-bad" />
        </>
      )}
    </span>
  )
}
