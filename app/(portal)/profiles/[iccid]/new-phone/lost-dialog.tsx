'use client'

import { type FormEvent, useCallback, useState } from 'react'
import type { EidPolicy } from '@/components/profile/eid-field'
import { draftProblems } from '@/components/profile/order-draft'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import type { Replaced } from '@/lib/orders/reuse/replace'
import { replaceLost } from './actions'
import { HandedOut } from './handed-out'
import { type Customer, draftFor, nextInput } from './next-draft'
import { NextFields } from './next-fields'

const REASONS = ['Phone lost', 'Phone stolen', 'Phone broken', 'Other'] as const

interface LostDialogProps {
  iccid: string
  type: string
  /** Types for the same kind of devices, the profile's own among them */
  types: { name: string; live: boolean }[]
  customer: Customer
  eidPolicy: EidPolicy
  /** The same profile once more may be asked for, past the policy. */
  maySameAgain: boolean
  onSameAgain: () => void
  onClose: () => void
}

/** Puts a fresh profile in the place of one whose phone is lost or broken, and says why. */
export function LostDialog({ iccid, type, types, customer, eidPolicy, maySameAgain, onSameAgain, onClose }: LostDialogProps) {
  const [draft, setDraft] = useState(() => draftFor(customer))
  const [why, setWhy] = useState<string>(REASONS[0])
  const [note, setNote] = useState('')
  const [wanted, setWanted] = useState(type)
  const [replaced, setReplaced] = useState<Replaced>()
  const { run, refuse, pending, message, fields } = useAction(
    replaceLost,
    useCallback((made: Replaced) => setReplaced(made), []),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const words = note.trim()
    const problems = {
      ...draftProblems(draft, eidPolicy),
      ...(why === 'Other' && !words ? { reason: 'Say what has happened.' } : {}),
    }
    if (Object.keys(problems).length > 0) return refuse('', problems)
    const reason = why === 'Other' ? words : words ? `${why}: ${words}` : why
    run({ iccid, reason, ...nextInput(draft), ...(wanted === type ? {} : { type: wanted }) })
  }

  return (
    <Dialog
      open
      onOpenChange={shown => shown || onClose()}
      busy={pending}
      title="Lost or broken phone"
      description={replaced ? undefined : 'The customer gets a fresh profile; this one is barred for good.'}
    >
      {replaced ? (
        <HandedOut issued={replaced} title="A fresh profile is ready." email={draft.customerEmail.trim()} elsewhere onDone={onClose}>
          Profile <span className="identifier break-all">{replaced.oldIccid}</span> is barred and its link dead. The exchange file tells the
          network’s own systems:{' '}
          <a href="/orders/replacements" className="rounded text-accent underline underline-offset-2">
            replacements
          </a>
          .
        </HandedOut>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
          <Notice tone="info" title="Why not the same profile again?">
            <p>
              A phone that is lost or broken never reports that it deleted the profile. It may still be on there, and whoever finds the
              phone could use the line; on two phones the profile would fail on both.
            </p>
            <p className="mt-1">
              So a profile with an ICCID and IMSI of its own takes the place of this one. The phone number goes over in the network’s
              systems, which the exchange file tells.
            </p>
          </Notice>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="What has happened">
              {control => (
                <Select {...control} value={why} onChange={event => setWhy(event.target.value)}>
                  {REASONS.map(each => (
                    <option key={each}>{each}</option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label="In your words" optional={why !== 'Other'} error={fields.reason}>
              {control => (
                <Input {...control} autoComplete="off" maxLength={150} value={note} onChange={event => setNote(event.target.value)} />
              )}
            </Field>
            <Field label="From the stock of" className="sm:col-span-2" error={fields.type}>
              {control => (
                <Select {...control} value={wanted} onChange={event => setWanted(event.target.value)}>
                  <TypeOptions types={types} />
                </Select>
              )}
            </Field>
          </div>
          <NextFields draft={draft} onChange={setDraft} problems={fields} eidPolicy={eidPolicy} />
          {message ? (
            <Notice tone="bad" title={problemTitle('Nothing was replaced.', message)} live>
              {message}
            </Notice>
          ) : null}
          <footer className="flex flex-wrap items-center justify-end gap-2">
            {maySameAgain ? (
              <button
                type="button"
                onClick={onSameAgain}
                className="mr-auto rounded text-left text-accent text-sm underline underline-offset-2"
              >
                The same profile again, past the policy
              </button>
            ) : null}
            <Button onClick={onClose}>Leave it</Button>
            <Button type="submit" variant="danger" disabled={pending}>
              {pending ? 'Replacing…' : 'Bar it and replace it'}
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}
