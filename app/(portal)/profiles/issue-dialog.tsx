'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { IssuedList } from '@/components/profile/issued-list'
import { draftInput, draftProblems, emptyDraft, OrderFields } from '@/components/profile/order-fields'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import type { View } from './query'
import { useIssueMany } from './use-issue-many'

interface IssueDialogProps {
  /** The chosen profiles, or the Available ones that a view shows; without either any of one type are taken from stock. */
  iccids?: string[]
  matching?: { view: View; count: number }
  types: { name: string; live: boolean }[]
  trigger: ReactNode
  /** The dialog was closed after codes were issued. */
  onClosed?: () => void
}

const timeLeft = (done: number, wanted: number, startedAt: number): string => {
  const seconds = Math.ceil(((wanted - done) * (Date.now() - startedAt)) / Math.max(done, 1) / 1000)
  return done > 0 && seconds > 3 ? `, about ${countWords(seconds, 'second')} left` : ''
}

/** Issues many codes at once and lists them. */
export function IssueDialog({ iccids, matching, types, trigger, onClosed }: IssueDialogProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(emptyDraft)
  const [type, setType] = useState(types[0]?.name ?? '')
  const [count, setCount] = useState('1')
  const { run, refuse, reset, stop, pending, codes, wanted, startedAt, message, fields } = useIssueMany(
    useCallback(() => router.refresh(), [router]),
  )
  const named = iccids?.length ?? matching?.count
  const asked = named ?? (Number(count) || 0)
  const done = !pending && codes.length > 0

  const show = (shown: boolean) => {
    if (pending) return
    setOpen(shown)
    if (!shown && done) onClosed?.()
    if (!shown) return
    reset()
    setDraft(emptyDraft)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const order = asked === 1 ? draft : { ...draft, eid: '', matchingId: '' }
    const problems = draftProblems(order)
    if (named === undefined && !/^[1-9][0-9]{0,4}$/.test(count)) problems.count = 'How many? A number from 1 to 99,999.'
    if (Object.keys(problems).length > 0) refuse(problems)
    else if (matching) run({ view: matching.view, count: matching.count, ...draftInput(order) })
    else run(iccids ? { iccids, ...draftInput(order) } : { type, count: Number(count), ...draftInput(order) })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={show}
      trigger={trigger}
      wide={done}
      title={done ? 'Codes' : named !== undefined ? `Issue ${countWords(asked, 'code')}` : 'Issue from stock'}
      description={
        done || pending
          ? undefined
          : named !== undefined
            ? 'One order for each selected profile. A device can download as soon as it has the code.'
            : 'Takes Available profiles of one type and makes an order for each.'
      }
    >
      {pending ? (
        <div className="flex flex-col gap-3">
          <p role="status">
            {numberWords(codes.length)} of {countWords(wanted, 'code')} issued{timeLeft(codes.length, wanted, startedAt)}
          </p>
          <Progress label="Codes issued" value={wanted > 200 ? codes.length / wanted : undefined} />
          <footer className="flex justify-end">
            <Button onClick={stop}>Stop after this step</Button>
          </footer>
        </div>
      ) : done ? (
        <div className="flex flex-col gap-3">
          {message ? (
            <Notice tone="bad" title={`${numberWords(wanted - codes.length)} of ${countWords(wanted, 'code')} were not issued.`} live>
              {message}
            </Notice>
          ) : null}
          <IssuedList codes={codes} confirmationCode={draft.confirmationCode} />
        </div>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {named !== undefined ? null : (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Type" error={fields.type}>
                {control => (
                  <Select {...control} value={type} onChange={event => setType(event.target.value)}>
                    <TypeOptions types={types} />
                  </Select>
                )}
              </Field>
              <Field label="How many" error={fields.count}>
                {control => <Input {...control} inputMode="numeric" value={count} onChange={event => setCount(event.target.value)} />}
              </Field>
            </div>
          )}
          <OrderFields draft={draft} onChange={setDraft} problems={fields} single={asked === 1} />
          {message ? (
            <Notice tone="bad" title="No code was issued." live>
              {message}
            </Notice>
          ) : null}
          <footer className="flex flex-wrap justify-end gap-2">
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
            <Button type="submit" variant="primary" disabled={asked === 0}>
              Issue {countWords(asked, 'code')}
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}
