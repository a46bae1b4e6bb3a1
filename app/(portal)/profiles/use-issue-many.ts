'use client'

import { unstable_rethrow } from 'next/navigation'
import { useCallback, useRef, useState } from 'react'
import type { IssuedCode } from '@/components/profile/issued-list'
import { availableMatching, issueChosen, issueFromStock } from './actions'
import type { View } from './query'

/** Orders of one step are made together or not at all. */
const stepSize = 200

interface Order {
  eid?: string
  matchingId?: string
  confirmationCode?: string
  expiresAt?: Date
}
export type IssueMany = Order & ({ iccids: string[] } | { type: string; count: number } | { view: View; count: number })

interface Progress {
  wanted: number
  codes: IssuedCode[]
  startedAt: number
  message: string
  fields: Record<string, string>
}

const idle: Progress = { wanted: 0, codes: [], startedAt: 0, message: '', fields: {} }

const unanswered = 'The server did not answer. The last codes may have been issued all the same: look at the profiles before you try again.'

/** Issues many codes step by step, so that there is progress to see and a way to stop; `onDone` follows when any were made. */
export function useIssueMany(onDone: () => void) {
  const [progress, setProgress] = useState(idle)
  const [pending, setPending] = useState(false)
  const stopped = useRef(false)

  const run = useCallback(
    async (asked: IssueMany) => {
      stopped.current = false
      let input = asked
      let wanted = 'iccids' in asked ? asked.iccids.length : asked.count
      const codes: IssuedCode[] = []
      const startedAt = Date.now()
      const tell = (change: Partial<Progress>) => setProgress({ ...idle, wanted, codes: [...codes], startedAt, ...change })
      setPending(true)
      tell({})
      try {
        if ('view' in input) {
          const { view, count: _, ...order } = input
          const found = await availableMatching(view)
          if (!found.ok) return tell({ message: found.message })
          input = { ...order, iccids: found.data.iccids }
          wanted = found.data.iccids.length
        }
        while (codes.length < wanted && !stopped.current) {
          const size = Math.min(stepSize, wanted - codes.length)
          const answer =
            'iccids' in input
              ? await issueChosen({ ...input, iccids: input.iccids.slice(codes.length, codes.length + size) })
              : await issueFromStock({ ...input, count: size })
          if (!answer.ok) {
            tell({ message: answer.message, fields: answer.fields })
            break
          }
          codes.push(...answer.data)
          tell({})
        }
      } catch (error) {
        unstable_rethrow(error)
        tell({ message: unanswered })
      } finally {
        setPending(false)
      }
      if (codes.length > 0) onDone()
    },
    [onDone],
  )

  const refuse = useCallback((fields: Record<string, string>) => setProgress({ ...idle, fields }), [])
  const reset = useCallback(() => setProgress(idle), [])
  const stop = useCallback(() => {
    stopped.current = true
  }, [])
  return { ...progress, pending, run, refuse, reset, stop }
}
