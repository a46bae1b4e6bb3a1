'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useState } from 'react'
import { classNames } from '@/components/class-names'
import { Card } from '@/components/ui/card'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { tell } from '@/lib/rsp/timeline/sentences'
import { TimelineEntry } from './timeline-entry'
import { type Connection, useLiveEvents } from './use-live-events'

const connections: Record<Connection, { words: string; dot: string }> = {
  live: { words: 'Live', dot: 'bg-good' },
  connecting: { words: 'Connecting…', dot: 'bg-warn' },
  signedOut: { words: 'You are signed out. Reload the page.', dot: 'bg-bad' },
}

/** Pages are read anew a moment after the last of several events, and again should an answer be lost. */
const calmMs = 150
const againMs = 3_000

interface TimelineProps {
  iccid: string
  /** The newest events, newest first */
  initial: TimelineEvent[]
  /** Older ones exist that are not shown. */
  cut: boolean
  /** Masked EIDs and IMEIs are shown to whoever looks when they ask for them. */
  mayReveal: boolean
  /** The page also shows phones that are turned away before any profile knows of them. */
  followDoor?: boolean
}

/** What happened to a profile, newest first; it moves by itself and takes the rest of the page with it. */
export function Timeline({ iccid, initial, cut, mayReveal, followDoor = false }: TimelineProps) {
  const router = useRouter()
  const [announcement, setAnnouncement] = useState('')
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())

  const onNews = useCallback((news: TimelineEvent[]) => {
    setAnnouncement(news.map(event => [tell(event).title, ...tell(event).lines].join(' ')).join(' '))
    setFresh(before => new Set([...before, ...news.map(event => event.id)]))
  }, [])
  const { events, connection, behind } = useLiveEvents(iccid, initial, { onNews, onTurnedAway: followDoor ? router.refresh : undefined })
  const newest = events[0]?.id

  useEffect(() => {
    if (!behind || !newest) return
    const soon = setTimeout(() => router.refresh(), calmMs)
    const again = setInterval(() => router.refresh(), againMs)
    return () => {
      clearTimeout(soon)
      clearInterval(again)
    }
  }, [behind, newest, router])

  const { words, dot } = connections[connection]

  return (
    <Card
      title="Timeline"
      actions={
        <p className="flex items-center gap-1.5 text-quiet text-xs">
          <span className={classNames('size-2 rounded-full', dot)} aria-hidden />
          {words}
        </p>
      }
    >
      <p className="sr-only" aria-live="polite">
        {announcement}
      </p>
      {events.length === 0 ? (
        <p className="text-quiet">Nothing has happened yet.</p>
      ) : (
        <ol>
          {events.map(event => (
            <TimelineEntry key={event.id} iccid={iccid} event={event} fresh={fresh.has(event.id)} mayReveal={mayReveal} />
          ))}
        </ol>
      )}
      {cut ? <p className="mt-4 border-t pt-3 text-quiet">Older steps are not shown here.</p> : null}
    </Card>
  )
}
