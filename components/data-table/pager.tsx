'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/input'
import { PAGE_SIZES } from './page-sizes'
import type { UrlChange } from './use-url-state'

interface PagerProps {
  page: number
  pageSize: number
  shown: number
  /** "10,000+" when there are more than were counted */
  total: string
  hasNext: boolean
  change: (change: UrlChange) => void
}

/** Which rows are shown, of how many, and the way to the next ones. */
export function Pager({ page, pageSize, shown, total, hasNext, change }: PagerProps) {
  const first = (page - 1) * pageSize + 1
  const range = shown === 1 ? numberWords(first) : `${numberWords(first)}–${numberWords(first + shown - 1)}`
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
        <Button
          size="icon"
          aria-label="Previous page"
          disabled={page <= 1}
          onClick={() => change({ page: page > 2 ? String(page - 1) : undefined })}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <span className="min-w-14 text-center tabular-nums">Page {numberWords(page)}</span>
        <Button size="icon" aria-label="Next page" disabled={!hasNext} onClick={() => change({ page: String(page + 1) })}>
          <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  )
}
