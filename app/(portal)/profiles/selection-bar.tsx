'use client'

import { QrCode, Send } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { countWords, numberWords } from '@/components/number-words'
import type { EidPolicy } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { type ActionAnswer, problemTitle, useAction } from '@/components/use-action'
import type { FinalProfileStatusIndicator } from '@/lib/orders/cancel-order'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { cancelChosen, cancelMatching, releaseChosen } from './actions'
import { CANCELLABLE, CancelOrders, type Counts, cancellableCount } from './cancel-orders'
import { IssueDialog, mostInRun } from './issue-dialog'
import { MoveButton } from './move-button'
import type { View } from './query'
import type { ProfileRights } from './rights'
import { countOf, countOfAll, type Selected } from './use-selection'

interface SelectionBarProps {
  selected: Selected
  rights: ProfileRights
  view: View
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
  /** How many the view shows, and in words if they were all counted */
  all: { count: number; words: string | undefined }
  counting: boolean
  problem: string
  onAll: () => void
  onClear: () => void
  onTask: (id: string) => void
}

/** What can be done with the profiles that are selected, and with how many of them. */
export function SelectionBar({
  selected,
  rights,
  view,
  types,
  eidPolicy,
  all,
  counting,
  problem,
  onAll,
  onClear,
  onTask,
}: SelectionBarProps) {
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
  const counts: Counts = Object.fromEntries(PROFILE_STATES.map(state => [state, countOf(selected, state)]))

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
        {rights.issue && available > 0 && available <= mostInRun ? (
          <IssueDialog
            {...(selected.kind === 'chosen' ? { iccids: chosen('Available') ?? [] } : { matching: { view, count: available } })}
            types={types}
            eidPolicy={eidPolicy}
            onClosed={onClear}
            trigger={
              <Button size="sm" variant="primary">
                <QrCode aria-hidden /> Issue {countWords(available, 'code')}…
              </Button>
            }
          />
        ) : null}
        {rights.retire && available > 0 ? (
          <MoveButton event="retire" count={available} iccids={chosen('Available')} view={view} onDone={done} onProblem={setRefused} />
        ) : null}
        {rights.retire && retired > 0 ? (
          <MoveButton event="restore" count={retired} iccids={chosen('Unavailable')} view={view} onDone={done} onProblem={setRefused} />
        ) : null}
        {rights.release && selected.kind === 'chosen' && (counts.Confirmed ?? 0) > 0 ? (
          <ReleaseSelected states={selected.states} count={counts.Confirmed ?? 0} onDone={done} onProblem={setRefused} />
        ) : null}
        {rights.cancel && cancellableCount(counts) > 0 ? (
          <CancelSelected selected={selected} view={view} counts={counts} onDone={done} onProblem={setRefused} />
        ) : null}
        <Button size="sm" variant="ghost" onClick={onClear}>
          Clear
        </Button>
      </div>
      {rights.issue && available > mostInRun ? (
        <p className="text-quiet text-xs">
          Codes are issued for up to {numberWords(mostInRun)} at once. Narrow the view, or issue from stock.
        </p>
      ) : null}
      {available + retired + cancellableCount(counts) === 0 ? (
        <p className="text-quiet text-xs">
          None of them is in stock, has an open order or is retired, so there is nothing to do with them here.
        </p>
      ) : null}
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
          {message}
        </Notice>
      ) : null}
    </section>
  )
}

interface CancelSelectedProps {
  selected: Selected
  view: View
  counts: Counts
  onDone: (task: string | undefined) => void
  onProblem: (message: string) => void
}

type Cancelled = { cancelled: number; left: number } | { task: string }

/** Cancels the orders of what is selected: those chosen one by one at once, all of a view in the background. */
function CancelSelected({ selected, view, counts, onDone, onProblem }: CancelSelectedProps) {
  const action = useCallback(
    async (finalProfileStatusIndicator: FinalProfileStatusIndicator): Promise<ActionAnswer<Cancelled>> => {
      const states = selected.kind === 'chosen' ? selected.states : undefined
      const those = (iccid: string) => states?.[iccid] !== undefined && CANCELLABLE[finalProfileStatusIndicator].includes(states[iccid])
      const answer = states
        ? await cancelChosen({ iccids: Object.keys(states).filter(those), finalProfileStatusIndicator })
        : await cancelMatching({ view, finalProfileStatusIndicator })
      return answer
    },
    [selected, view],
  )
  const finish = useCallback(
    (answer: Cancelled) => {
      if ('task' in answer) return onDone(answer.task)
      const left = answer.left > 0 ? ` ${countWords(answer.left, 'profile')} stayed as before.` : ''
      toast.success(`${countWords(answer.cancelled, 'order')} cancelled.${left}`)
      onDone(undefined)
    },
    [onDone],
  )
  const { run, pending } = useAction(action, finish, onProblem)
  return <CancelOrders small counts={counts} inBackground={selected.kind === 'matching'} pending={pending} onConfirm={run} />
}

interface ReleaseSelectedProps {
  states: Record<string, ProfileState>
  count: number
  onDone: (task: undefined) => void
  onProblem: (message: string) => void
}

/** Releases the chosen orders that are confirmed; nothing is lost by it, so nobody is asked twice. */
function ReleaseSelected({ states, count, onDone, onProblem }: ReleaseSelectedProps) {
  const action = useCallback(async (): Promise<ActionAnswer<{ released: number }>> => {
    const answer = await releaseChosen({ iccids: Object.keys(states).filter(iccid => states[iccid] === 'Confirmed') })
    return answer
  }, [states])
  const finish = useCallback(
    ({ released }: { released: number }) => {
      toast.success(`${countWords(released, 'order')} released.`)
      onDone(undefined)
    },
    [onDone],
  )
  const { run, pending } = useAction(action, finish, onProblem)
  return (
    <Button size="sm" disabled={pending} onClick={() => run(undefined)}>
      <Send aria-hidden /> {pending ? 'One moment…' : `Release ${countWords(count, 'order')}`}
    </Button>
  )
}
