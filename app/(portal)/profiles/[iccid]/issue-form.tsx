'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useCallback, useId, useState } from 'react'
import type { EidPolicy } from '@/components/profile/eid-field'
import { draftInput, draftProblems, emptyDraft } from '@/components/profile/order-draft'
import { OrderFields } from '@/components/profile/order-fields'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { issueChosen, issueReserved } from '../actions'
import { useShowOnce } from './shown-once'

interface IssueFormProps {
  iccid: string
  /** It was set aside before, for this device or for any (null); undefined: it is in stock. */
  reservedFor?: string | null
  eidPolicy: EidPolicy
  /** What else can be done with a profile in stock */
  others: ReactNode
}

/** Makes an order for a profile in stock. */
export function IssueForm({ iccid, reservedFor, eidPolicy, others }: IssueFormProps) {
  const form = useId()
  const router = useRouter()
  const showOnce = useShowOnce()
  const [draft, setDraft] = useState({ ...emptyDraft, eid: reservedFor ?? '' })
  const done = useCallback(
    ([order]: { orderId: string; confirmationCode?: string }[]) => {
      const code = order?.confirmationCode ?? (draft.codeChoice === 'typed' ? draft.confirmationCode : undefined)
      if (order && code) showOnce({ orderId: order.orderId, code })
      router.refresh()
    },
    [draft, router, showOnce],
  )
  const reserved = reservedFor !== undefined
  const issue = useCallback(
    (input: ReturnType<typeof draftInput>) => (reserved ? issueReserved({ iccid, ...input }) : issueChosen({ iccids: [iccid], ...input })),
    [iccid, reserved],
  )
  const { run, refuse, pending, message, fields } = useAction(issue, done)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = draftProblems(draft, eidPolicy)
    if (Object.keys(problems).length > 0) refuse('', problems)
    else run(draftInput(draft))
  }

  return (
    <Card
      title="Issue a code"
      description={
        reserved
          ? 'The profile is set aside already: this makes the activation code of its order, and the customer’s page.'
          : 'Makes an order with its activation code, and the customer’s page.'
      }
    >
      <div className="flex flex-col gap-4">
        <form id={form} onSubmit={submit} className="flex flex-col gap-4" noValidate>
          <OrderFields
            draft={draft}
            onChange={setDraft}
            problems={fields}
            single
            deviceKnown={Boolean(reservedFor)}
            eidPolicy={eidPolicy}
          />
          {message ? (
            <Notice tone="bad" title={problemTitle('No code was issued.', message)} live>
              {message}
            </Notice>
          ) : null}
        </form>
        <footer className="flex flex-wrap items-center gap-2">
          <Button type="submit" form={form} variant="primary" disabled={pending}>
            {pending ? 'Issuing…' : 'Issue'}
          </Button>
          {others}
        </footer>
      </div>
    </Card>
  )
}
