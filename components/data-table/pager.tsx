'use client'

import { ChevronLeft, ChevronRight, ChevronsLeft } from 'lucide-react'
import { numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/input'
import { PAGE_SIZES } from './page-sizes'
import type { UrlChange } from './use-url-state'

/** Where the table is: pages lie between rows, so each knows the way to its neighbours and to the first. */
export interface Paging {
  /** How many rows lie before the first one shown */
  rank: number
  pageSize: number
  /** "10,000+" when there are more than were counted */
  total: string
  /** As the URL names the pages before and after this one; undefined where there is none */
  before: string | undefined
  after: string | undefined
}

interface PagerProps extends Paging {
  shown: number
  change: (change: UrlChange) => void
}

/** Which rows are shown, of how many, and the way to the others. */
export function Pager({ rank, pageSize, shown, total, before, after, change }: PagerProps) {
  const first = rank + 1
  const range = shown === 1 ? numberWords(first) : `${numberWords(first)}–${numberWords(rank + shown)}`
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t px-3 py-2">
      <p className="text-quiet tabular-nums" role="status">
        {shown === 0 ? 'No rows' : `${range} of ${total}`}
      </p>
      <div className="flex items-center gap-2">
        <Select
          aria-label="Rows on a page"
          className="h-8 w-auto"
          value={pageSize}
          onChange={event => change({ size: event.target.value })}
        >
          {PAGE_SIZES.map(size => (
            <option key={size} value={size}>
              {size} rows
            </option>
          ))}
        </Select>
        <Button size="icon" aria-label="First page" disabled={rank === 0 && !before} onClick={() => change({})}>
          <ChevronsLeft aria-hidden />
        </Button>
        <Button size="icon" aria-label="Previous page" disabled={!before} onClick={() => change({ before })}>
          <ChevronLeft aria-hidden />
        </Button>
        <Button size="icon" aria-label="Next page" disabled={!after} onClick={() => change({ after })}>
          <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  )
}
