'use client'

import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import type { OutboxRow } from '@/lib/db/outbox-rows'
import { remove, tryAgain } from './actions'
import { MAIL_LOOK, mailState } from './mail-state'

interface MailItemProps {
  mail: OutboxRow
  mayChange: boolean
  canSend: boolean
  onChanged: () => void
}

/** One mail: to whom, what it says, what became of it. */
export function MailItem({ mail, mayChange, canSend, onChanged }: MailItemProps) {
  const state = mailState(mail)
  const again = useAction(tryAgain, onChanged)
  const removal = useAction(remove, onChanged)
  const message = again.message || removal.message
  return (
    <article aria-label={mail.subject} className="flex min-w-0 flex-col gap-2 rounded-lg border bg-surface p-4">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="min-w-0 break-words font-semibold text-base">{mail.subject}</h2>
        <Badge {...MAIL_LOOK[state]} />
      </header>
      <p className="break-words text-quiet text-sm">
        To {mail.to}, written <RelativeTime at={mail.createdAt} />
        {mail.sentAt ? (
          <>
            , sent <RelativeTime at={mail.sentAt} />
          </>
        ) : null}
        {mail.nextAttemptAt && mail.failure ? (
          <>
            , next attempt <RelativeTime at={mail.nextAttemptAt} />
          </>
        ) : null}
      </p>
      {mail.failure ? <Notice tone={state === 'failed' ? 'bad' : 'warn'} title={mail.failure} className="break-words" /> : null}
      <details>
        <summary className="w-fit rounded text-accent text-sm">What it says</summary>
        <p className="mt-2 max-h-96 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-muted p-3 text-sm">{mail.text}</p>
      </details>
      {message ? <Notice tone="bad" title={message} live /> : null}
      {mayChange && state !== 'sent' ? (
        <footer className="flex flex-wrap justify-end gap-2">
          <ConfirmDialog
            trigger={
              <Button size="sm" variant="ghost" disabled={removal.pending}>
                Remove
              </Button>
            }
            title="Remove this mail?"
            description={`“${mail.subject}” is not sent to ${mail.to}, and its text is deleted.`}
            confirm="Remove it"
            keep="Keep it"
            pending={removal.pending}
            onConfirm={() => removal.run({ id: mail.id })}
          />
          {canSend ? (
            <Button size="sm" disabled={again.pending} onClick={() => again.run({ id: mail.id })}>
              {state === 'kept' ? 'Send it' : 'Try again now'}
            </Button>
          ) : null}
        </footer>
      ) : null}
    </article>
  )
}
