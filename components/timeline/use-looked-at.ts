'use client'

import { useCallback, useState } from 'react'
import type { Exchange } from '@/lib/rsp/decode/exchange'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'

/** A step of the timeline read on its own, as the route answers it. */
interface LookedAt {
  event: TimelineEvent
  exchange: Exchange | null
}

const unanswered = 'The server did not answer. Try again.'

/** Reads one step of the timeline when somebody asks: `load` as they may see it, `reveal` with the whole EID and IMEI. */
export function useLookedAt(iccid: string, id: string) {
  const [found, setFound] = useState<LookedAt>()
  const [revealed, setRevealed] = useState(false)
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState('')

  const read = useCallback(
    async (method: 'GET' | 'POST') => {
      setPending(true)
      setProblem('')
      try {
        const answer = await fetch(`/api/profiles/${iccid}/events/${id}`, { method })
        const body = await answer.json()
        if (answer.ok) {
          setFound(body)
          setRevealed(method === 'POST')
        } else setProblem(body.message)
      } catch {
        setProblem(unanswered)
      }
      setPending(false)
    },
    [iccid, id],
  )

  const load = useCallback(() => read('GET'), [read])
  const reveal = useCallback(() => read('POST'), [read])
  return { exchange: found?.exchange, event: revealed ? found?.event : undefined, pending, problem, load, reveal }
}
