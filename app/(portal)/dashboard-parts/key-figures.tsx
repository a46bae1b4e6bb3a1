import type { ReactNode } from 'react'
import { percentWords } from '@/components/charts/series'
import { countWords, numberWords } from '@/components/number-words'
import type { Totals } from './figures'

export const Figure = ({ name, value, about }: { name: string; value: string; about: string }) => (
  <div className="flex min-w-0 flex-col-reverse justify-end rounded-lg border bg-surface px-4 py-3">
    <dd className="text-quiet text-xs">{about}</dd>
    <dd className="font-semibold text-2xl tabular-nums tracking-tight">{value}</dd>
    <dt className="text-quiet text-sm">{name}</dt>
  </div>
)

/** The period in a few numbers; `children` are more of them. */
export function KeyFigures({ totals, children }: { totals: Totals; children: ReactNode }) {
  const { attempts, open, installed, rate } = totals
  const ended = attempts - open
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Figure
        name="Attempts"
        value={numberWords(attempts)}
        about={open > 0 ? `${numberWords(open)} of them under way` : 'All of them have ended'}
      />
      <Figure name="Installed" value={numberWords(installed)} about={`${countWords(ended - installed, 'other')} ended without`} />
      <Figure name="Success rate" value={rate === null ? '–' : percentWords(rate)} about="Of the attempts that have ended" />
      {children}
    </dl>
  )
}
