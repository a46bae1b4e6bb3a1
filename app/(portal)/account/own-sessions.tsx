'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { endOwnSession } from './actions'
import { SessionList, type ShownSession } from './session-list'

/** Where one is signed in, with ways to end it. */
export function OwnSessions({ sessions }: { sessions: ShownSession[] }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success('Ended.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(endOwnSession, done)
  return (
    <Card
      title="Where you are signed in"
      description="A session that you do not know: end it, then change your password."
      actions={
        sessions.length > 1 ? (
          <Button size="sm" disabled={pending} onClick={() => run({})}>
            End all others
          </Button>
        ) : null
      }
    >
      {message ? <Notice tone="bad" title={message} live className="mb-3" /> : null}
      <div className="-my-2">
        <SessionList sessions={sessions} pending={pending} onEnd={sessionId => run({ sessionId })} />
      </div>
    </Card>
  )
}
