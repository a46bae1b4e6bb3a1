'use client'

import { Dices } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { MatchingId, TypedEid } from '@/lib/rsp/identifiers'

/** What a person may set for a new order, as typed. */
export interface OrderDraft {
  eid: string
  confirmationCode: string
  matchingId: string
  /** As of an input of type datetime-local */
  expiresAt: string
}

export const emptyDraft: OrderDraft = { eid: '', confirmationCode: '', matchingId: '', expiresAt: '' }

/** The draft as the verb takes it: empty fields are left out. */
export const draftInput = (draft: OrderDraft) => ({
  ...(draft.eid.trim() ? { eid: draft.eid.replace(/[\s-]/g, '') } : {}),
  ...(draft.confirmationCode ? { confirmationCode: draft.confirmationCode } : {}),
  ...(draft.matchingId.trim() ? { matchingId: draft.matchingId.trim() } : {}),
  ...(draft.expiresAt ? { expiresAt: new Date(draft.expiresAt) } : {}),
})

const firstMessage = (result: { success: boolean; error?: { issues: { message: string }[] } | undefined }): string | undefined =>
  result.success ? undefined : result.error?.issues[0]?.message

/** What can be seen to be wrong before anything is sent. */
export function draftProblems(draft: OrderDraft): Record<string, string> {
  const problems: [string, string | undefined][] = [
    ['eid', draft.eid.trim() ? firstMessage(TypedEid.safeParse(draft.eid)) : undefined],
    ['matchingId', draft.matchingId.trim() ? firstMessage(MatchingId.safeParse(draft.matchingId.trim())) : undefined],
    [
      'expiresAt',
      draft.expiresAt && new Date(draft.expiresAt).getTime() <= Date.now() ? 'This moment has passed. Choose a later one.' : undefined,
    ],
  ]
  return Object.fromEntries(problems.filter((each): each is [string, string] => each[1] !== undefined))
}

/** Six digits, each as likely as any other. */
function makeCode(): string {
  const limit = 4_294_000_000
  const numbers = new Uint32Array(1)
  do crypto.getRandomValues(numbers)
  while ((numbers[0] ?? limit) >= limit)
  return String((numbers[0] ?? 0) % 1_000_000).padStart(6, '0')
}

interface OrderFieldsProps {
  draft: OrderDraft
  onChange: (draft: OrderDraft) => void
  problems: Record<string, string>
  /** One profile may be tied to a device and have a matching ID of its own; many may not. */
  single: boolean
}

export function OrderFields({ draft, onChange, problems, single }: OrderFieldsProps) {
  const [early, setEarly] = useState<Record<string, string>>({})
  // Checked while typing, never on leaving a field: a sentence that appears then moves the button away from under the pointer.
  const edit = (field: keyof OrderDraft, value: string) => {
    const next = { ...draft, [field]: value }
    const digits = value.replace(/[\s-]/g, '').length
    const { [field]: problem } = draftProblems(next)
    const { [field]: known, ...others } = early
    setEarly(problem && (field !== 'eid' || known || digits >= 32) ? { ...others, [field]: problem } : others)
    onChange(next)
  }
  const error = (field: keyof OrderDraft) => early[field] ?? problems[field]

  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {single ? (
        <Field
          label="EID"
          optional
          className="sm:col-span-2"
          hint="32 digits. With it only this device can use the code; without it the first that does."
          error={error('eid')}
        >
          {control => (
            <Input
              {...control}
              className="identifier"
              inputMode="numeric"
              autoComplete="off"
              value={draft.eid}
              onChange={event => edit('eid', event.target.value)}
            />
          )}
        </Field>
      ) : null}
      <Field
        label="Confirmation code"
        optional
        className="sm:col-span-2"
        hint={`The device asks for it as well as the activation code. ${single ? 'It' : 'One for all; it'} is kept as a hash only, so note it now. Left empty, one is made where the type asks for it.`}
        error={error('confirmationCode')}
      >
        {control => (
          <div className="flex gap-2">
            <Input
              {...control}
              className="identifier"
              autoComplete="off"
              maxLength={64}
              value={draft.confirmationCode}
              onChange={event => edit('confirmationCode', event.target.value)}
            />
            <Button onClick={() => edit('confirmationCode', makeCode())}>
              <Dices aria-hidden /> Make one
            </Button>
          </div>
        )}
      </Field>
      {single ? (
        <Field label="Own matching ID" optional hint="Capitals, digits and dashes. Else one is made." error={error('matchingId')}>
          {control => (
            <Input
              {...control}
              className="identifier"
              autoComplete="off"
              maxLength={64}
              value={draft.matchingId}
              onChange={event => edit('matchingId', event.target.value.toUpperCase())}
            />
          )}
        </Field>
      ) : null}
      <Field
        label="Valid until"
        optional
        hint="After this no device can use the code. Left empty, the type decides."
        error={error('expiresAt')}
      >
        {control => (
          <Input {...control} type="datetime-local" value={draft.expiresAt} onChange={event => edit('expiresAt', event.target.value)} />
        )}
      </Field>
    </div>
  )
}
