'use client'

import { unstable_rethrow } from 'next/navigation'
import { useCallback, useState, useTransition } from 'react'

/** What every action of the portal answers. */
export type ActionAnswer<T> = { ok: true; data: T } | { ok: false; message: string; fields?: Record<string, string> }

interface Problem {
  message: string
  fields: Record<string, string>
}

const nothing: Problem = { message: '', fields: {} }

const notKnown = 'The server did not answer, so it is not known whether this was done. Reload the page and look before you try again.'

/** Heading over a problem: `refused` says what has not been done, which nobody knows when no answer came. */
export const problemTitle = (refused: string, message: string): string => (message === notKnown ? 'There was no answer.' : refused)

/**
 * Runs an action: `run` calls `onDone` with what it gave, or leaves the problem in words to be shown.
 * @param onProblem told the problem where it is shown elsewhere
 */
export function useAction<Input, Output>(
  action: (input: Input) => Promise<ActionAnswer<Output>>,
  onDone: (output: Output) => void,
  onProblem?: (message: string) => void,
) {
  const [pending, startTransition] = useTransition()
  const [problem, setProblem] = useState(nothing)

  const run = useCallback(
    (input: Input) =>
      startTransition(async () => {
        setProblem(nothing)
        const fail = (message: string, fields: Record<string, string> = {}) => {
          setProblem({ message, fields })
          onProblem?.(message)
        }
        try {
          const answer = await action(input)
          if (answer.ok) onDone(answer.data)
          else fail(answer.message, answer.fields)
        } catch (error) {
          unstable_rethrow(error)
          fail(notKnown)
        }
      }),
    [action, onDone, onProblem],
  )

  const refuse = useCallback((message: string, fields: Record<string, string> = {}) => setProblem({ message, fields }), [])
  return { run, refuse, pending, message: problem.message, fields: problem.fields }
}
