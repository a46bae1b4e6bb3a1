'use client'

import { Mail, Send } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { CancelOrders, cancellableCount } from '../../../profiles/cancel-orders'
import { FollowedTask } from '../../../profiles/followed-task'
import { cancelRun, mailRun, releaseRun } from '../../actions'

interface RunActionsProps {
  runId: string
  states: Partial<Record<ProfileState, number>>
  /** Links that have an address to go to and were not mailed yet */
  toMail: number
  /** Without one, mails wait in the outbox. */
  mailServer: boolean
  mayRelease: boolean
  mayCancel: boolean
  issuing: boolean
}

/** Mails the links of a run, or cancels what is left of it; both go on in the background. */
export function RunActions({ runId, states, toMail, mailServer, mayRelease, mayCancel, issuing }: RunActionsProps) {
  const router = useRouter()
  const [task, setTask] = useState<string>()
  const [mailing, setMailing] = useState(false)
  const begun = useCallback(
    (answer: { task: string }) => {
      setMailing(false)
      setTask(answer.task)
      router.refresh()
    },
    [router],
  )
  const mail = useAction(mailRun, begun)
  const cancel = useAction(cancelRun, begun)
  const release = useAction(releaseRun, begun)
  // What a device has taken, or has failed with, is looked at one by one.
  const open = { ...states, Downloaded: 0, Error: 0 }
  const message = mail.message || release.message || cancel.message
  const waiting = states.Confirmed ?? 0
  if (issuing) return <p className="text-quiet">Mailing and cancelling are for when all of them are issued.</p>
  return (
    <div className="flex flex-col gap-3">
      {task ? <FollowedTask key={task} id={task} onClose={() => setTask(undefined)} /> : null}
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was begun.', message)} live>
          {message}
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {mayRelease && waiting > 0 ? (
          <Button variant="primary" disabled={release.pending} onClick={() => release.run({ runId })}>
            <Send aria-hidden /> {release.pending ? 'One moment…' : `Release ${countWords(waiting, 'order')}`}
          </Button>
        ) : null}
        {toMail > 0 ? (
          <Dialog
            open={mailing}
            onOpenChange={setMailing}
            trigger={
              <Button disabled={mail.pending}>
                <Mail aria-hidden /> Mail {countWords(toMail, 'link')}…
              </Button>
            }
            title={`Mail ${countWords(toMail, 'link')}?`}
            description="Each customer whose address is known and who had no mail yet gets the link to the page of their order, in their language. A mail cannot be called back; a link can be revoked."
          >
            {mailServer ? null : (
              <Notice tone="info" title="No mail server is set." className="mb-4">
                The mails wait in the outbox until there is one.
              </Notice>
            )}
            <footer className="flex flex-wrap justify-end gap-2">
              <DialogClose asChild>
                <Button>Not now</Button>
              </DialogClose>
              <Button variant="primary" disabled={mail.pending} onClick={() => mail.run({ runId })}>
                {mail.pending ? 'One moment…' : `Mail ${countWords(toMail, 'link')}`}
              </Button>
            </footer>
          </Dialog>
        ) : null}
        {mayCancel && cancellableCount(open) > 0 ? (
          <CancelOrders
            counts={open}
            inBackground
            pending={cancel.pending}
            onConfirm={finalProfileStatusIndicator => cancel.run({ runId, finalProfileStatusIndicator })}
          />
        ) : null}
      </div>
    </div>
  )
}
