import { numberWords } from '@/components/number-words'
import { Progress } from '@/components/ui/progress'
import { timeLeftWords } from './duration-words'
import type { BatchProgress } from './progress'

/** "12,000 of 50,000 rows, 8,400 a second, about 5 seconds left" */
export function progressWords({ rowsRead, rowsTotal, rowsPerSecond, secondsLeft }: BatchProgress): string {
  const rows = rowsTotal ? `${numberWords(rowsRead)} of ${numberWords(rowsTotal)} rows` : `${numberWords(rowsRead)} rows`
  const rate = rowsPerSecond ? `${numberWords(Math.round(rowsPerSecond))} a second` : undefined
  return [rows, rate, secondsLeft === null ? undefined : timeLeftWords(secondsLeft)].filter(Boolean).join(', ')
}

/** How far a check is: bar, rows, rate and time left. */
export const CheckProgress = ({ name, progress }: { name: string; progress: BatchProgress }) => (
  <div className="flex min-w-0 flex-col gap-1.5">
    <Progress label={`Check of ${name}`} value={progress.share ?? undefined} />
    <p className="text-quiet text-sm tabular-nums">{progress.rowsRead > 0 ? progressWords(progress) : 'The first rows are read…'}</p>
  </div>
)
