'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import type { EidPolicy } from '@/components/profile/eid-field'
import { type IssuedCode, IssuedCodeView } from '@/components/profile/issued-code'
import { draftInput, draftOfMany, draftProblems, emptyDraft } from '@/components/profile/order-draft'
import { OrderFields } from '@/components/profile/order-fields'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { type ActionAnswer, problemTitle, useAction } from '@/components/use-action'
import { startRun } from '../orders/actions'
import { issueChosen, issueFromStock } from './actions'
import type { View } from './query'

interface IssueDialogProps {
  /** The chosen profiles, or the Available ones that a view shows; without either any of one type are taken from stock. */
  iccids?: string[]
  matching?: { view: View; count: number }
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
  trigger: ReactNode
  /** The dialog was closed after codes were issued. */
  onClosed?: () => void
}

/** As many as one run takes. */
export const mostInRun = 100_000

type Asked =
  | { chosen: Parameters<typeof issueChosen>[0] }
  | { stock: Parameters<typeof issueFromStock>[0] }
  | { many: Parameters<typeof startRun>[0] }
type Made = { run: string } | { code: IssuedCode & { confirmationCode?: string } }

/** What has a reference is known by it in the list of orders too. */
const titled = (reference: string, count: number, type: string | undefined): { title?: string } =>
  reference.trim() ? { title: `${reference.trim()}: ${countWords(count, 'code')}${type ? ` of ${type}` : ''}`.slice(0, 120) } : {}

/** One is issued at once and shown; several become a run, which has a page of its own. */
async function issueAsked(asked: Asked): Promise<ActionAnswer<Made>> {
  if ('many' in asked) {
    const answer = await startRun(asked.many)
    return answer.ok ? { ok: true, data: { run: answer.data.runId } } : answer
  }
  const answer = 'chosen' in asked ? await issueChosen(asked.chosen) : await issueFromStock(asked.stock)
  if (!answer.ok) return answer
  const [code] = answer.data
  return code ? { ok: true, data: { code } } : { ok: false, message: 'There was nothing to issue.' }
}

/** Issues codes: one to be shown at once, or many in the background. */
export function IssueDialog({ iccids, matching, types, eidPolicy, trigger, onClosed }: IssueDialogProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(emptyDraft)
  const [type, setType] = useState(types[0]?.name ?? '')
  const [count, setCount] = useState('1')
  const [code, setCode] = useState<IssuedCode & { confirmationCode?: string }>()
  const done = useCallback(
    (made: Made) => {
      if ('run' in made) return router.push(`/orders/runs/${made.run}`)
      setCode(made.code)
      router.refresh()
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(issueAsked, done)
  const named = iccids?.length ?? matching?.count
  const asked = named ?? (Number(count) || 0)
  const single = asked === 1 && !matching

  const show = (shown: boolean) => {
    setOpen(shown)
    if (!shown && code) onClosed?.()
    if (!shown) return
    setCode(undefined)
    setDraft(emptyDraft)
    refuse('')
  }
  const manyOf = () => {
    if (matching) return { view: matching.view, asOf: new Date() }
    return iccids ? { rows: iccids.map(iccid => ({ iccid })) } : { type, count: asked }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const order = single ? draft : { ...draft, eid: '', customerEmail: '', matchingId: '', withoutCode: false }
    const problems = draftProblems(order, eidPolicy)
    if (named === undefined && (!/^[1-9][0-9]{0,5}$/.test(count) || asked > mostInRun))
      problems.count = `How many? A number from 1 to ${numberWords(mostInRun)}.`
    if (Object.keys(problems).length > 0) refuse('', problems)
    else if (single && iccids) run({ chosen: { iccids, ...draftInput(order) } })
    else if (single) run({ stock: { type, count: 1, ...draftInput(order) } })
    else run({ many: { ...manyOf(), ...draftOfMany(order), ...titled(order.reference, asked, named === undefined ? type : undefined) } })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={show}
      busy={pending}
      trigger={trigger}
      title={code ? 'Code to hand out' : named !== undefined ? `Issue ${countWords(asked, 'code')}` : 'Issue from stock'}
      description={
        code
          ? undefined
          : named !== undefined
            ? 'One order for each selected profile.'
            : 'Takes Available profiles of one type and makes an order for each.'
      }
    >
      {code ? (
        <IssuedCodeView
          code={code}
          confirmationCode={code.confirmationCode ?? (draft.codeChoice === 'typed' ? draft.confirmationCode : undefined)}
        />
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
                {control => (
                  <Input
                    {...control}
                    inputMode="numeric"
                    autoComplete="off"
                    value={count}
                    onChange={event => setCount(event.target.value.replace(/[\s.,]/g, ''))}
                  />
                )}
              </Field>
            </div>
          )}
          <OrderFields draft={draft} onChange={setDraft} problems={fields} single={single} eidPolicy={eidPolicy} />
          {single || asked === 0 ? null : (
            <p className="text-quiet">
              They are issued in the background, on a page of their own: there you take the QR codes, labels and files, and mail the links.
            </p>
          )}
          {message ? (
            <Notice tone="bad" title={problemTitle('No code was issued.', message)} live>
              {message}
            </Notice>
          ) : null}
          <footer className="flex flex-wrap justify-end gap-2">
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
            <Button type="submit" variant="primary" disabled={asked === 0 || pending}>
              {pending ? 'Issuing…' : `Issue ${countWords(asked, 'code')}`}
            </Button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}
