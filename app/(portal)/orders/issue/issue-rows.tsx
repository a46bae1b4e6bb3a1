'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { countWords } from '@/components/number-words'
import type { EidPolicy } from '@/components/profile/eid-field'
import { draftOfMany, draftProblems, emptyDraft } from '@/components/profile/order-draft'
import { OrderFields } from '@/components/profile/order-fields'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { type ActionAnswer, problemTitle, useAction } from '@/components/use-action'
import { bindFile, issueFile } from './file-actions'
import type { FileReport } from './file-report'
import { ReportOfFile } from './report-of-file'

/** What is made of the rows. */
const KINDS = {
  codes: { name: 'Issue activation codes', about: '', noun: 'code' },
  withoutCodes: {
    name: 'Issue without codes, for devices that ask this server by themselves',
    about: 'Default SM-DP+ orders: each device is known by its EID.',
    noun: 'order',
  },
  bind: {
    name: 'Only bind them to the devices',
    about: 'Profiles in stock are set aside without a code. Open orders that no device has taken become the named device’s.',
    noun: 'profile',
  },
} as const
type Kind = keyof typeof KINDS

const offered: Record<FileReport['kind'], Kind[]> = {
  pairs: ['codes', 'withoutCodes', 'bind'],
  eids: ['codes', 'withoutCodes'],
  iccids: ['codes'],
}

interface IssueRowsProps {
  file: File
  report: FileReport
  types: { name: string; live: boolean }[]
  eidPolicy: EidPolicy
  onOther: () => void
  /** Told whether an answer is waited for */
  onIssuing: (issuing: boolean) => void
}

type Made = { runId: string } | { task: string }

/** What was read from a file, and what shall be made of it. */
export function IssueRows({ file, report, types, eidPolicy, onOther, onIssuing }: IssueRowsProps) {
  const router = useRouter()
  const [draft, setDraft] = useState(emptyDraft)
  const [type, setType] = useState(types[0]?.name ?? '')
  const [kind, setKind] = useState<Kind>('codes')
  const send = useCallback(
    async (form: FormData): Promise<ActionAnswer<Made>> => (kind === 'bind' ? bindFile(form) : issueFile(form)),
    [kind],
  )
  const done = useCallback((made: Made) => router.push('runId' in made ? `/orders/runs/${made.runId}` : '/tasks?mine=1'), [router])
  const { run, refuse, pending, message, fields } = useAction(send, done)
  useEffect(() => onIssuing(pending), [pending, onIssuing])
  const { about, noun } = KINDS[kind]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problems = kind === 'bind' ? {} : draftProblems(draft)
    if (Object.keys(problems).length > 0) return refuse('', problems)
    const form = new FormData()
    form.set('file', file)
    if (kind !== 'bind') {
      const title = `${draft.reference.trim() || file.name}: ${countWords(report.rows, noun)}`.slice(0, 120)
      if (report.kind === 'eids') form.set('type', type)
      form.set('settings', JSON.stringify({ title, ...draftOfMany(draft), ...(kind === 'withoutCodes' ? { defaultSmdp: true } : {}) }))
    }
    run(form)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <ReportOfFile name={file.name} report={report} />
      {report.rows > 0 && offered[report.kind].length > 1 ? (
        <Field label="What to do" hint={about}>
          {control => (
            <Select
              {...control}
              value={kind}
              onChange={event => setKind(offered[report.kind].find(each => each === event.target.value) ?? 'codes')}
            >
              {offered[report.kind].map(each => (
                <option key={each} value={each}>
                  {KINDS[each].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      {report.rows > 0 && report.kind === 'eids' ? (
        <Field label="From the stock of" hint="Each device gets a profile of this type." error={fields.type}>
          {control => (
            <Select {...control} value={type} onChange={event => setType(event.target.value)}>
              <TypeOptions types={types} />
            </Select>
          )}
        </Field>
      ) : null}
      {report.rows > 0 && kind !== 'bind' ? (
        <OrderFields draft={draft} onChange={setDraft} problems={fields} single={false} eidPolicy={eidPolicy} />
      ) : null}
      {message ? (
        <Notice tone="bad" title={problemTitle(kind === 'bind' ? 'Nothing was bound.' : 'Nothing was issued.', message)} live>
          {message}
        </Notice>
      ) : null}
      <footer className="flex flex-wrap justify-end gap-2">
        <Button onClick={onOther} disabled={pending}>
          Another file
        </Button>
        <Button type="submit" variant="primary" disabled={pending || report.rows === 0}>
          {pending ? 'One moment…' : `${kind === 'bind' ? 'Bind' : 'Issue'} ${countWords(report.rows, noun)}`}
        </Button>
      </footer>
    </form>
  )
}
