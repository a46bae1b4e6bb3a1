'use client'

import { Plus } from 'lucide-react'
import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { addNewWebhook, type MadeSecret } from './actions'
import { amiss, inputOf, newWebhook, type WebhookDraft } from './webhook-draft'
import { type WebhookChoices, WebhookFields } from './webhook-fields'

interface NewWebhookProps {
  choices: WebhookChoices
  onMade: (made: MadeSecret) => void
}

/** Asks who is to be told by webhook, and of what. */
export function NewWebhook({ choices, onMade }: NewWebhookProps) {
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(newWebhook)
  const set = (changes: Partial<WebhookDraft>) => setDraft(before => ({ ...before, ...changes }))
  const done = useCallback(
    (made: MadeSecret) => {
      setOpen(false)
      setDraft(newWebhook)
      onMade(made)
    },
    [onMade],
  )
  const { run, refuse, pending, message, fields } = useAction(addNewWebhook, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = amiss(draft, undefined)
    if (Object.keys(problems).length > 0) return refuse('', problems)
    run(inputOf(draft))
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      wide
      title="Add a webhook"
      description="A system that takes in JSON over HTTPS. Each message is signed with a secret that you are shown once."
      trigger={
        <Button variant="primary">
          <Plus aria-hidden /> Add a webhook
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
        <WebhookFields draft={draft} set={set} choices={choices} errors={fields} />
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Adding…' : 'Add the webhook'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
