'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { draftInput, draftProblems, emptyDraft, OrderFields } from '@/components/profile/order-fields'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { issueChosen } from '../actions'
import { useShowOnce } from './shown-once'

/** Makes an order for a profile in stock and releases it. */
export function IssueForm({ iccid, cancel }: { iccid: string; cancel: ReactNode }) {
  const router = useRouter()
  const showOnce = useShowOnce()
  const [draft, setDraft] = useState(emptyDraft)
  const done = useCallback(
    ([order]: { orderId: string; confirmationCode?: string }[]) => {
      const code = order?.confirmationCode ?? draft.confirmationCode
      if (order && code) showOnce({ orderId: order.orderId, code })
      router.refresh()
    },
    [draft.confirmationCode, router, showOnce],
  )
  const { run, refuse, pending, message, fields } = useAction(issueChosen, done)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = draftProblems(draft)
    if (Object.keys(problems).length > 0) refuse('', problems)
    else run({ iccids: [iccid], ...draftInput(draft) })
  }

  return (
    <Card title="Issue a code" description="Makes an order and the activation code for it. A device can download at once.">
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <OrderFields draft={draft} onChange={setDraft} problems={fields} single />
        {message ? (
          <Notice tone="bad" title="No code was issued." live>
            {message}
          </Notice>
        ) : null}
        <footer className="flex flex-wrap items-center gap-2">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Issuing…' : 'Issue'}
          </Button>
          {cancel}
        </footer>
      </form>
    </Card>
  )
}
