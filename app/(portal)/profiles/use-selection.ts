'use client'

import type { RowSelectionState } from '@tanstack/react-table'
import { unstable_rethrow } from 'next/navigation'
import { useCallback, useMemo, useState, useTransition } from 'react'
import type { ProfileRow } from '@/lib/db/portal/profile-list'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { countMatching } from './actions'
import type { View } from './query'

/** How many are selected, and in which states. */
export type Selected =
  | { kind: 'none' }
  | { kind: 'chosen'; states: Record<string, ProfileState> }
  | { kind: 'matching'; counts: Record<ProfileState, number> }

const nothing: Selected = { kind: 'none' }

const unanswered = 'The server did not answer. Try again.'

/** The rows that a person chose, from one page or several, or everything that the view shows. */
export function useSelection(view: View, rows: ProfileRow[]) {
  const shown = JSON.stringify(view)
  const [selected, setSelected] = useState<Selected & { of?: string }>(nothing)
  const [counting, startCounting] = useTransition()
  const [problem, setProblem] = useState('')
  // Everything that another view showed is not what this one shows.
  const current: Selected = selected.kind === 'matching' && selected.of !== shown ? nothing : selected

  const rowSelection: RowSelectionState = useMemo(() => {
    const ids = current.kind === 'chosen' ? Object.keys(current.states) : current.kind === 'matching' ? rows.map(row => row.iccid) : []
    return Object.fromEntries(ids.map(id => [id, true]))
  }, [current, rows])

  const choose = useCallback(
    (next: RowSelectionState) =>
      setSelected(before => {
        const known = before.kind === 'chosen' ? before.states : {}
        const states: Record<string, ProfileState> = {}
        for (const [id, chosen] of Object.entries(next)) {
          const state = known[id] ?? rows.find(row => row.iccid === id)?.state
          if (chosen && state) states[id] = state
        }
        return Object.keys(states).length > 0 ? { kind: 'chosen', states } : nothing
      }),
    [rows],
  )
  const chooseAll = useCallback(
    () =>
      startCounting(async () => {
        setProblem('')
        try {
          const answer = await countMatching(view)
          if (answer.ok) setSelected({ kind: 'matching', counts: answer.data, of: shown })
          else setProblem(answer.message)
        } catch (error) {
          unstable_rethrow(error)
          setProblem(unanswered)
        }
      }),
    [view, shown],
  )
  const clear = useCallback(() => {
    setSelected(nothing)
    setProblem('')
  }, [])
  return { selected: current, rowSelection, choose, chooseAll, clear, counting, problem }
}

/** How many of the selected are in a state. */
export function countOf(selected: Selected, state: ProfileState): number {
  if (selected.kind === 'chosen') return Object.values(selected.states).filter(each => each === state).length
  return selected.kind === 'matching' ? selected.counts[state] : 0
}

export const countOfAll = (selected: Selected): number => PROFILE_STATES.reduce((sum, state) => sum + countOf(selected, state), 0)
