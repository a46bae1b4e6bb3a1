import { classNames } from '@/components/class-names'
import type { Series } from './series'

/** What the colours of a chart mean, in the order in which they are drawn. */
export const Legend = ({ series, className }: { series: readonly Pick<Series, 'word' | 'colour'>[]; className?: string }) => (
  <ul className={classNames('flex flex-wrap gap-x-4 gap-y-1 text-quiet text-xs', className)}>
    {series.map(({ word, colour }) => (
      <li key={word} className="flex items-center gap-1.5">
        <span aria-hidden className="size-2.5 rounded-sm" style={{ background: colour }} />
        {word}
      </li>
    ))}
  </ul>
)
