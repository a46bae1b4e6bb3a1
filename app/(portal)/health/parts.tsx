import type { ReactNode } from 'react'
import { classNames } from '@/components/class-names'
import { numberWords } from '@/components/number-words'

/** A fact with its name. */
export const Row = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <div className="flex flex-wrap items-baseline justify-between gap-x-4 py-1.5">
    <dt className="text-quiet">{label}</dt>
    <dd className="min-w-0 tabular-nums">{children}</dd>
  </div>
)

export const Rows = ({ children }: { children: ReactNode }) => <dl className="-my-1.5 divide-y">{children}</dl>

/** How much of something is used: a number, its limit, and a bar that warns from four fifths on. */
export function Use({ label, value, limit }: { label: string; value: number; limit: number }) {
  const share = limit > 0 ? Math.min(1, value / limit) : 0
  return (
    <div className="flex flex-col gap-1.5">
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="text-quiet">{label}</span>
        <span className="tabular-nums">
          <span className="font-medium">{numberWords(value)}</span> of {numberWords(limit)}
        </span>
      </p>
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-muted">
        <div
          className={classNames('h-full origin-left rounded-full transition-transform', share >= 0.8 ? 'bg-warn' : 'bg-accent')}
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
    </div>
  )
}

/** A small table of numbers: names left, figures right. */
export const Figures = ({ caption, head, children }: { caption: string; head: string[]; children: ReactNode }) => (
  <table className="w-full">
    <caption className="sr-only">{caption}</caption>
    <thead>
      <tr className="text-quiet text-xs">
        {head.map((word, i) => (
          <th key={word} scope="col" className={classNames('border-b pb-1.5 font-medium', i === 0 ? 'text-left' : 'pl-4 text-right')}>
            {word}
          </th>
        ))}
      </tr>
    </thead>
    <tbody className="divide-y [&_td]:py-1.5 [&_td]:pl-4 [&_td]:whitespace-nowrap [&_td]:text-right [&_td]:tabular-nums [&_th]:py-1.5 [&_th]:text-left [&_th]:font-normal">
      {children}
    </tbody>
  </table>
)
