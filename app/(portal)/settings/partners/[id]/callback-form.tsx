'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { CallbackRow } from '@/lib/db/partners/callback-rows'
import type { CertificateFacts } from '@/lib/partners/certificate'
import { saveCallback } from '../actions'
import { asksForClear, type CallbackDraft, draftOf, inputOf } from './callback-draft'
import { PointsFields } from './points-fields'
import { TlsFields } from './tls-fields'

export interface CallbackFormProps {
  id: string
  callback: CallbackRow | null
  trusted: CertificateFacts | undefined
  shown: CertificateFacts | undefined
  onSaved: () => void
  onLeave: () => void
}

/** Asks where and of what a partner is told. */
export function CallbackForm({ id, callback, trusted, shown, onSaved, onLeave }: CallbackFormProps) {
  const [draft, setDraft] = useState(() => draftOf(callback))
  const set = (changes: Partial<CallbackDraft>) => setDraft(before => ({ ...before, ...changes }))
  const { run, pending, message, fields } = useAction(saveCallback, onSaved)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ id, callback: inputOf(draft) })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
      <Field
        label="Address"
        hint="Without a path it gets that of the specification: /gsma/rsp2/es2plus/handleDownloadProgressInfo"
        error={fields['callback.url']}
      >
        {control => (
          <Input
            {...control}
            inputMode="url"
            placeholder="https://bss.example.com"
            value={draft.url}
            onChange={event => set({ url: event.target.value })}
          />
        )}
      </Field>
      {asksForClear(draft) ? (
        <CheckField
          label="Without TLS is meant"
          hint="Everybody on the way can read and change what is told. On this very machine that is fine."
          checked={draft.inTheClear}
          onChange={inTheClear => set({ inTheClear })}
        />
      ) : (
        <TlsFields draft={draft} set={set} trusted={trusted} shown={shown} errors={fields} />
      )}
      <PointsFields points={draft.points} onChange={points => set({ points })} errors={fields} />
      {message ? <Notice tone="bad" title={message} live /> : null}
      <footer className="flex gap-2">
        <Button type="submit" variant="primary" disabled={pending}>
          {pending ? 'Saving…' : 'Save the callback'}
        </Button>
        <Button disabled={pending} onClick={onLeave}>
          Leave it
        </Button>
      </footer>
    </form>
  )
}
