'use client'

import { useEffect, useRef, useState } from 'react'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'

export type Connection = 'connecting' | 'live' | 'signedOut'

const newest = (events: TimelineEvent[]): string => events.reduce((id, event) => (BigInt(event.id) > BigInt(id) ? event.id : id), '0')

/** Newest first, each once. */
function merge(known: TimelineEvent[], more: TimelineEvent[]): TimelineEvent[] {
  const byId = new Map([...known, ...more].map(event => [event.id, event]))
  return [...byId.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1))
}

/** Whether the page was read before one of the streamed events; an event older than all of a long timeline's is not waited for. */
function isBehind(streamed: TimelineEvent[], read: TimelineEvent[]): boolean {
  const ids = new Set(read.map(event => event.id))
  const oldest = BigInt(read.at(-1)?.id ?? '0')
  return streamed.some(event => !ids.has(event.id) && BigInt(event.id) > oldest)
}

interface Listeners {
  onNews: (news: TimelineEvent[]) => void
  /** Some phone was turned away before it had said what it wants. */
  onTurnedAway?: (() => void) | undefined
}

/**
 * Follows the events of a profile while the page is in sight; `onNews` is called for what was not known,
 * and `behind` is true until `initial`, read anew, holds it too.
 * A page in the background lets go of its connection and catches up when it is looked at again.
 */
export function useLiveEvents(iccid: string, initial: TimelineEvent[], { onNews, onTurnedAway }: Listeners) {
  const [streamed, setStreamed] = useState<TimelineEvent[]>([])
  const [connection, setConnection] = useState<Connection>('connecting')
  const known = useRef(new Set<string>())
  const last = useRef('0')
  const tell = useRef({ onNews, onTurnedAway })
  const followDoor = onTurnedAway !== undefined

  useEffect(() => {
    tell.current = { onNews, onTurnedAway }
  }, [onNews, onTurnedAway])

  useEffect(() => {
    for (const event of initial) known.current.add(event.id)
    const id = newest(initial)
    if (BigInt(id) > BigInt(last.current)) last.current = id
  }, [initial])

  useEffect(() => {
    let source: EventSource | undefined
    let retry: ReturnType<typeof setTimeout> | undefined

    const close = () => {
      source?.close()
      source = undefined
      clearTimeout(retry)
    }
    const open = () => {
      close()
      if (document.hidden) return
      const stream = new EventSource(`/api/profiles/${iccid}/events?after=${last.current}${followDoor ? '&door' : ''}`)
      source = stream
      stream.onopen = () => setConnection('live')
      stream.onmessage = message => {
        const event: TimelineEvent = JSON.parse(message.data)
        if (BigInt(event.id) > BigInt(last.current)) last.current = event.id
        if (known.current.has(event.id)) return
        known.current.add(event.id)
        setStreamed(before => [event, ...before])
        tell.current.onNews([event])
      }
      stream.addEventListener('turnedAway', () => tell.current.onTurnedAway?.())
      stream.addEventListener('signedOut', () => {
        setConnection('signedOut')
        close()
      })
      stream.onerror = () => {
        setConnection('connecting')
        if (stream.readyState !== EventSource.CLOSED) return
        clearTimeout(retry)
        retry = setTimeout(open, 3_000)
      }
    }

    open()
    document.addEventListener('visibilitychange', open)
    return () => {
      document.removeEventListener('visibilitychange', open)
      close()
    }
  }, [iccid, followDoor])

  return { events: merge(streamed, initial), connection, behind: isBehind(streamed, initial) }
}
