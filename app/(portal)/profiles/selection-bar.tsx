'use client'

import { QrCode } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { IssueDialog } from './issue-dialog'
import { MoveButton } from './move-button'
import type { View } from './query'
import { countOf, countOfAll, type Selected } from './use-selection'

/** As many as one request of the server answers. */
const mostIssued = 10_000

interface SelectionBarProps {
  selected: Selected
  view: View
  types: { name: string; live: boolean }[]
  /** How many the view shows, and in words if they were all counted */
  all: { count: number; words: string | undefined }
  counting: boolean
  problem: string
  onAll: () => void
  onClear: () => void
  onTask: (id: string) => void
}

/** What can be done with the profiles that are selected, and with how many of them. */
export function SelectionBar({ selected, view, types, all, counting, problem, onAll, onClear, onTask }: SelectionBarProps) {
  const router = useRouter()
  const [refused, setRefused] = useState('')
  const done = useCallback(
    (task: string | undefined) => {
      setRefused('')
      onClear()
      if (task) onTask(task)
      else router.refresh()
    },
    [onClear, onTask, router],
  )
  if (selected.kind === 'none') return null
  const chosen = (state: 'Available' | 'Unavailable') =>
    selected.kind === 'chosen' ? Object.keys(selected.states).filter(iccid => selected.states[iccid] === state) : undefined
  const [available, retired, sum] = [countOf(selected, 'Available'), countOf(selected, 'Unavailable'), countOfAll(selected)]
  const message = refused || problem

  return (
    <section
      aria-label="Selected profiles"
      className="sticky bottom-3 z-20 mx-auto mt-3 flex w-fit max-w-full flex-col gap-2 rounded-lg border bg-raised px-4 py-2.5 shadow-lg"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p role="status" className="font-medium">
          {selected.kind === 'matching'
            ? `All ${countWords(sum, 'profile')} that fit are selected`
            : `${countWords(sum, 'profile')} selected`}
        </p>
        {selected.kind === 'chosen' && sum < all.count ? (
          <Button size="sm" variant="ghost" className="text-accent" disabled={counting} onClick={onAll}>
            {counting ? 'Counting…' : `Select all ${all.words ? `${all.words} ` : ''}that fit`}
          </Button>
        ) : null}
        {available > 0 && available <= mostIssued ? (
          <IssueDialog
            {...(selected.kind === 'chosen' ? { iccids: chosen('Available') ?? [] } : { matching: { view, count: available } })}
            types={types}
            onClosed={onClear}
            trigger={
              <Button size="sm" variant="primary">
                <QrCode aria-hidden /> Issue {countWords(available, 'code')}…
              </Button>
            }
          />
        ) : null}
        {available > 0 ? (
          <MoveButton event="retire" count={available} iccids={chosen('Available')} view={view} onDone={done} onProblem={setRefused} />
        ) : null}
        {retired > 0 ? (
          <MoveButton event="restore" count={retired} iccids={chosen('Unavailable')} view={view} onDone={done} onProblem={setRefused} />
        ) : null}
        <Button size="sm" variant="ghost" onClick={onClear}>
          Clear
        </Button>
      </div>
      {available > mostIssued ? (
        <p className="text-quiet text-xs">
          Codes are issued for up to {numberWords(mostIssued)} at once. Narrow the view, or issue from stock.
        </p>
      ) : null}
      {available + retired === 0 ? (
        <p className="text-quiet text-xs">None of them is Available or retired, so there is nothing to issue or retire.</p>
      ) : null}
      {message ? (
        <Notice tone="bad" title="Nothing was changed." live>
          {message}
        </Notice>
      ) : null}
    </section>
  )
}
