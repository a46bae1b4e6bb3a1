import { CircleAlert, CircleCheck, type LucideIcon, TriangleAlert } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { numberWords } from '@/components/number-words'

interface Share {
  word: string
  rows: number
  icon: LucideIcon
  text: string
  bar: string
}

interface RowSharesProps {
  good: number
  warned: number
  refused: number
}

/** How many rows are good, have warnings, have errors: a bar, and the numbers. */
export function RowShares({ good, warned, refused }: RowSharesProps) {
  const shares: Share[] = [
    { word: 'good', rows: good, icon: CircleCheck, text: 'text-good', bar: 'bg-good' },
    { word: warned === 1 ? 'with a warning' : 'with warnings', rows: warned, icon: TriangleAlert, text: 'text-warn', bar: 'bg-warn' },
    { word: refused === 1 ? 'with an error' : 'with errors', rows: refused, icon: CircleAlert, text: 'text-bad', bar: 'bg-bad' },
  ]
  return (
    <div className="flex flex-col gap-2">
      <div aria-hidden className="flex h-2.5 gap-0.5 overflow-hidden rounded-full bg-muted">
        {shares.map(({ word, rows, bar }) =>
          // A single bad row in a million is seen too.
          rows > 0 ? <div key={word} className={classNames('min-w-1.5 basis-0', bar)} style={{ flexGrow: rows }} /> : null,
        )}
      </div>
      <ul className="flex flex-wrap gap-x-5 gap-y-1">
        {shares.map(({ word, rows, icon: Icon, text }) => (
          <li key={word} className={classNames('inline-flex items-center gap-1.5', rows > 0 ? text : 'text-quiet')}>
            <Icon className="size-4 shrink-0" aria-hidden />
            <span className="font-semibold tabular-nums">{numberWords(rows)}</span> {word}
          </li>
        ))}
      </ul>
    </div>
  )
}
