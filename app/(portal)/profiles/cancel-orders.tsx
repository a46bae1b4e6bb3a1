'use client'

import { CircleX } from 'lucide-react'
import { useId, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import type { FinalProfileStatusIndicator } from '@/lib/orders/cancel-order'
import { PROFILE_STATES, type ProfileState, statesBefore } from '@/lib/rsp/lifecycle'

export type Counts = Partial<Record<ProfileState, number>>

/** States of a profile with an order that `cancelOrder` can end; what is Available has none, and is retired instead. */
const cancellable = (event: 'cancelToAvailable' | 'cancelToUnavailable'): ProfileState[] =>
  statesBefore(event).filter(state => state !== 'Available')

export const CANCELLABLE: Record<FinalProfileStatusIndicator, ProfileState[]> = {
  Available: cancellable('cancelToAvailable'),
  Unavailable: cancellable('cancelToUnavailable'),
}

const countIn = (counts: Counts, states: ProfileState[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0)

/** How many of these have an order that can be cancelled one way or the other. */
export const cancellableCount = (counts: Counts): number =>
  countIn(counts, [...new Set([...CANCELLABLE.Available, ...CANCELLABLE.Unavailable])])

interface CancelOrdersProps {
  counts: Counts
  inBackground: boolean
  pending: boolean
  small?: boolean
  onConfirm: (finalProfileStatusIndicator: FinalProfileStatusIndicator) => void
}

const CHOICES: Record<FinalProfileStatusIndicator, { name: string; meaning: string }> = {
  Available: { name: 'Back to stock', meaning: 'They are Available again, and can be issued to somebody else.' },
  Unavailable: { name: 'Out of use for good', meaning: 'They can never be issued again. This cannot be undone.' },
}

/** Ends many orders after saying how many and what is lost; the lifecycle says what may become of which. */
export function CancelOrders({ counts, inBackground, pending, small, onConfirm }: CancelOrdersProps) {
  const name = useId()
  const sums = { Available: countIn(counts, CANCELLABLE.Available), Unavailable: countIn(counts, CANCELLABLE.Unavailable) }
  const [wanted, setWanted] = useState<FinalProfileStatusIndicator>('Available')
  const chosen = sums.Available === 0 ? 'Unavailable' : wanted
  const all = cancellableCount(counts)
  const orders = countWords(sums[chosen], 'order')
  const downloaded = counts.Downloaded ?? 0
  const named = PROFILE_STATES.filter(state => CANCELLABLE[chosen].includes(state) && (counts[state] ?? 0) > 0)
  return (
    <ConfirmDialog
      trigger={
        <Button size={small ? 'sm' : 'md'} disabled={pending}>
          <CircleX aria-hidden /> {pending ? 'One moment…' : `Cancel ${countWords(all, 'order')}…`}
        </Button>
      }
      title={`Cancel ${orders}?`}
      description={
        <div className="flex flex-col gap-2">
          <p>
            {sums[chosen] === 1 ? 'Its activation code and its link stop' : 'Their activation codes and links stop'} working at once, also
            where they were printed or mailed.
          </p>
          {named.length > 1 ? <p>{statesWords(counts, named)}.</p> : null}
        </div>
      }
      confirm={`Cancel ${orders}`}
      keep={all === 1 ? 'Keep it' : 'Keep them'}
      pending={pending}
      onConfirm={() => onConfirm(chosen)}
    >
      <fieldset className="mt-4 flex flex-col gap-2.5">
        <legend className="mb-2 font-medium">What becomes of the profiles</legend>
        {(['Available', 'Unavailable'] as const).map(choice => (
          <label key={choice} className="flex gap-2.5">
            <input
              type="radio"
              name={name}
              className="mt-0.5 size-4 shrink-0"
              checked={chosen === choice}
              disabled={sums[choice] === 0}
              onChange={() => setWanted(choice)}
            />
            <span className={sums[choice] === 0 ? 'opacity-60' : undefined}>
              {CHOICES[choice].name} <span className="text-quiet tabular-nums">({numberWords(sums[choice])})</span>
              <span className="block text-quiet text-xs">{CHOICES[choice].meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <ul className="mt-3 flex list-disc flex-col gap-1 pl-5 text-quiet text-xs">
        {chosen === 'Available' && downloaded > 0 ? (
          <li>{countWords(downloaded, 'profile')} that a device has downloaded cannot go back to stock and stay as they are.</li>
        ) : null}
        {chosen === 'Unavailable' && downloaded > 0 ? (
          <li>{countWords(downloaded, 'device')} already took the package and may still install it.</li>
        ) : null}
        {chosen === 'Available' && (counts.Error ?? 0) + (counts.Released ?? 0) > 0 ? (
          <li>A profile whose keys a device has had, or that is a customer’s already, stays as it is: it cannot become somebody else’s.</li>
        ) : null}
        {inBackground ? <li>This runs in the background; you see how far it is and can stop it.</li> : null}
      </ul>
    </ConfirmDialog>
  )
}

/** "12 Released, 3 Confirmed" */
const statesWords = (counts: Counts, states: ProfileState[]): string =>
  states.map(state => `${numberWords(counts[state] ?? 0)} ${state}`).join(', ')
