'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { Skeleton } from '@/components/ui/skeleton'
import { useAction } from '@/components/use-action'
import { SessionList, type ShownSession } from '../account/session-list'
import { endTheirSessions, listSessionsOf } from './people-actions'

/** Somebody's sessions, to be ended. */
export function PeopleSessions({ person, onClose }: { person: { id: string; email: string }; onClose: () => void }) {
  const router = useRouter()
  const [sessions, setSessions] = useState<ShownSession[]>()
  const { run: list, message: unread } = useAction(listSessionsOf, setSessions)
  useEffect(() => list({ accountId: person.id }), [list, person.id])
  const ended = useCallback(() => {
    list({ accountId: person.id })
    router.refresh()
  }, [list, person.id, router])
  const end = useAction(endTheirSessions, ended)
  const message = unread || end.message
  return (
    <Dialog open onOpenChange={open => (open ? undefined : onClose())} title="Sessions" description={`Where ${person.email} is signed in.`}>
      <div className="flex flex-col gap-3">
        {message ? <Notice tone="bad" title={message} live /> : null}
        {sessions === undefined && !message ? <Skeleton className="h-16" /> : null}
        {sessions?.length === 0 ? <p className="text-quiet">Nowhere at the moment.</p> : null}
        {sessions && sessions.length > 0 ? (
          <>
            <SessionList sessions={sessions} pending={end.pending} onEnd={sessionId => end.run({ accountId: person.id, sessionId })} />
            <footer className="flex justify-end">
              <Button disabled={end.pending} onClick={() => end.run({ accountId: person.id })}>
                End all of them
              </Button>
            </footer>
          </>
        ) : null}
      </div>
    </Dialog>
  )
}
