'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import type { EidPolicy } from '@/components/profile/eid-field'
import { draftProblems } from '@/components/profile/order-draft'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { Issued } from '@/lib/orders/issue'
import type { Moved, MoveVerdict } from '@/lib/orders/reuse/move'
import { mayGoPast } from '@/lib/orders/reuse/policy'
import { moveProfile } from './actions'
import { HandedOut } from './handed-out'
import { type Customer, draftFor, nextInput } from './next-draft'
import { NextFields } from './next-fields'
import { PolicyRules } from './policy-rules'

interface MoveDialogProps {
  iccid: string
  type: string
  facts: MoveVerdict
  customer: Customer
  eidPolicy: EidPolicy
  /** Begins with the reason for going past the policy. */
  pastPolicy: boolean
  onLost: () => void
  onClose: () => void
}

/** Shows what the policy says of a profile and makes the code for its next phone. */
export function MoveDialog({ iccid, type, facts, customer, eidPolicy, pastPolicy, onLost, onClose }: MoveDialogProps) {
  const { openMove, secondPerson, waiting } = facts
  const verdict = openMove?.verdict ?? facts.verdict
  const [draft, setDraft] = useState(() => draftFor(customer))
  const [past, setPast] = useState(pastPolicy)
  const [reason, setReason] = useState('')
  const [issued, setIssued] = useState<Issued>()
  const done = useCallback(
    (moved: Moved) => {
      if ('waiting' in moved) {
        toast.success('A second person has to agree now.')
        onClose()
      } else setIssued(moved)
    },
    [onClose],
  )
  const { run, refuse, pending, message, fields } = useAction(moveProfile, done)
  const onlySame = verdict.allowed && verdict.device === 'same'
  const mayPast = !waiting && (mayGoPast(verdict) || onlySame)
  const goesPast = mayPast && past
  const asked = verdict.allowed || goesPast
  const onlyEid = onlySame && !goesPast ? (facts.facts.installedEid ?? undefined) : undefined

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = {
      ...draftProblems(draft, eidPolicy),
      ...(goesPast && !reason.trim() ? { 'pastPolicy.reason': 'Say why: it stands on the timeline and in the audit.' } : {}),
    }
    if (Object.keys(problems).length > 0) return refuse('', problems)
    run({
      iccid,
      ...nextInput(onlyEid ? { ...draft, eid: '' } : draft),
      ...(goesPast ? { pastPolicy: { reason: reason.trim() } } : {}),
      ...(openMove ? { insteadOf: openMove.orderId } : {}),
    })
  }

  return (
    <Dialog
      open
      onOpenChange={shown => shown || onClose()}
      busy={pending}
      title="Move to a new phone"
      description={issued ? undefined : 'The same profile, number and all: the next code is made, and the one before stops working.'}
    >
      {issued ? (
        <HandedOut issued={issued} title="The next code is ready." email={draft.customerEmail.trim()} onDone={onClose}>
          The code and the link before it do not work any more.
        </HandedOut>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {openMove ? (
            <Notice tone="info" title="There is a code for the new phone that nobody has used.">
              It was made <RelativeTime at={openMove.createdAt} /> by {openMove.createdBy}. Another one takes its place; or show that one
              again, it stands on the profile’s page.
            </Notice>
          ) : null}
          <PolicyRules reasons={verdict.reasons} type={type} />
          {verdict.allowed ? null : (
            <Notice tone="warn" title="The policy does not allow this now.">
              {verdict.allowedFrom ? (
                <p>
                  The wait ends <RelativeTime at={verdict.allowedFrom} />.
                </p>
              ) : null}
              <p>
                Is the phone lost or broken?{' '}
                <button type="button" onClick={onLost} className="rounded text-accent underline underline-offset-2">
                  Replace the profile
                </button>{' '}
                instead.
              </p>
            </Notice>
          )}
          {waiting ? <Waiting waiting={waiting} /> : null}
          {mayPast ? (
            <CheckField
              label={onlySame ? 'For another device, past the policy' : 'Move it past the policy'}
              hint={
                secondPerson
                  ? 'Takes a reason and a second person. Two phones may then hold the same profile and disturb each other.'
                  : 'Takes a reason. Two phones may then hold the same profile and disturb each other.'
              }
              checked={past}
              onChange={setPast}
            />
          ) : null}
          {goesPast ? (
            <Field label="Reason" hint="On the timeline and in the audit, under your name." error={fields['pastPolicy.reason']}>
              {control => (
                <Input {...control} autoComplete="off" maxLength={200} value={reason} onChange={event => setReason(event.target.value)} />
              )}
            </Field>
          ) : null}
          {asked ? <NextFields draft={draft} onChange={setDraft} problems={fields} eidPolicy={eidPolicy} onlyEid={onlyEid} /> : null}
          {message ? (
            <Notice tone="bad" title={problemTitle('No code was made.', message)} live>
              {message}
            </Notice>
          ) : null}
          <footer className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>Leave it</Button>
            {asked ? (
              <Button type="submit" variant={goesPast && !secondPerson ? 'danger' : 'primary'} disabled={pending}>
                {pending ? 'One moment…' : !goesPast ? 'Make the next code' : secondPerson ? 'Ask a second person' : 'Move past the policy'}
              </Button>
            ) : null}
          </footer>
        </form>
      )}
    </Dialog>
  )
}

/** A request to go past the policy that somebody else has to decide. */
export const Waiting = ({ waiting: { requestedBy, requestedAt, reason } }: { waiting: NonNullable<MoveVerdict['waiting']> }) => (
  <Notice tone="info" title="It waits for a second person to go past the policy.">
    <p className="break-words">
      {requestedBy} asked <RelativeTime at={requestedAt} />: {reason}
    </p>
    <a href="/approvals" className="rounded text-accent underline underline-offset-2">
      To the approvals
    </a>
  </Notice>
)
