'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { resetSecondFactor } from './people-actions'

/** Asks before somebody's second factor is taken away. */
export function ResetFactor({ person, onClose }: { person: { id: string; email: string }; onClose: () => void }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success(`${person.email} sets up a second factor at the next sign-in.`)
    onClose()
    router.refresh()
  }, [person.email, onClose, router])
  const { run, pending, message } = useAction(resetSecondFactor, done)
  return (
    <Dialog
      open
      onOpenChange={open => (open ? undefined : onClose())}
      title={`Reset the second factor of ${person.email}?`}
      description="Their authenticator app, passkeys and recovery codes open nothing any more, and their sessions end. Until they set up a new one, their password alone leads there: make sure that it is they who ask."
    >
      <div className="flex flex-col gap-4">
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button variant="danger" disabled={pending} onClick={() => run({ accountId: person.id })}>
            {pending ? 'Resetting…' : 'Reset it'}
          </Button>
        </footer>
      </div>
    </Dialog>
  )
}
