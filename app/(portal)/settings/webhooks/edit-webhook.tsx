'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { saveWebhook } from './actions'
import { amiss, draftOf, inputOf, type ShownWebhook, type WebhookDraft } from './webhook-draft'
import { type WebhookChoices, WebhookFields } from './webhook-fields'

interface EditWebhookProps {
  webhook: ShownWebhook
  choices: WebhookChoices
  onChanged: () => void
}

/** Changes where a webhook is and what it is told; its secret stays. */
export function EditWebhook({ webhook, choices, onChanged }: EditWebhookProps) {
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const set = (changes: Partial<WebhookDraft>) => setDraft(before => ({ ...before, ...changes }))
  const toggle = (wanted: boolean) => {
    if (wanted) setDraft(draftOf(webhook))
    setOpen(wanted)
  }
  const saved = useCallback(() => {
    setOpen(false)
    toast.success('Saved. What happens from now on is told by this.')
    onChanged()
  }, [onChanged])
  const { run, refuse, pending, message, fields } = useAction(saveWebhook, saved)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = amiss(draft, webhook)
    if (Object.keys(problems).length > 0) return refuse('', problems)
    run({ id: webhook.id, webhook: inputOf(draft) })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={toggle}
      wide
      title={`Change ${webhook.name}`}
      description="What waits to be sent goes to the new address; its secret stays as it is."
      trigger={
        <Button size="sm" aria-label={`Change ${webhook.name}`}>
          Change
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
        <WebhookFields draft={draft} set={set} choices={choices} errors={fields} />
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Saving…' : 'Save'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
