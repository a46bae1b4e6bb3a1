'use client'

import { classNames } from '@/components/class-names'
import { cappedWords } from '@/components/number-words'
import { STATE_LOOK } from '@/components/profile/states'
import { TONE_CLASSES } from '@/components/ui/tone'
import { PROFILE_STATES, type ProfileState, STATE_MEANING } from '@/lib/rsp/lifecycle'

interface StateChipsProps {
  chosen: ProfileState[]
  /** Counted up to `cap` + 1; undefined when so many fit that they were not told apart */
  counts: Record<ProfileState, number> | undefined
  cap: number
  onChoose: (states: ProfileState[]) => void
}

/** How many profiles are in each state; pressing one shows only those. */
export const StateChips = ({ chosen, counts, cap, onChoose }: StateChipsProps) => (
  <fieldset className="-mx-4 mb-3 flex min-w-0 gap-1.5 overflow-x-auto px-4 py-0.5 sm:mx-0 sm:flex-wrap sm:px-0">
    <legend className="sr-only">Show states</legend>
    {PROFILE_STATES.map(state => {
      const { icon: Icon, tone } = STATE_LOOK[state]
      const pressed = chosen.includes(state)
      return (
        <button
          key={state}
          type="button"
          aria-pressed={pressed}
          title={STATE_MEANING[state]}
          onClick={() => onChoose(pressed ? chosen.filter(each => each !== state) : [...chosen, state])}
          className={classNames(
            'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border px-2.5 text-sm',
            pressed ? `border-current font-medium ${TONE_CLASSES[tone]}` : 'bg-surface hover:bg-muted',
            !pressed && counts?.[state] === 0 && 'text-quiet',
          )}
        >
          <Icon className="size-3.5" aria-hidden />
          {state}
          {counts ? <span className="tabular-nums">{cappedWords(counts[state], cap)}</span> : null}
        </button>
      )
    })}
  </fieldset>
)
