'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Identifier } from '@/components/ui/identifier'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { Partner } from '@/lib/partners/partner'
import { savePartner } from '../actions'
import { TypeChoice, type TypeName } from '../type-choice'

interface SettingsCardProps {
  partner: Partner
  types: TypeName[]
  mayChange: boolean
}

const draftOf = ({ name, identifier, headerVersion, allTypes, types }: Partner) => ({
  name,
  identifier,
  headerVersion,
  allTypes,
  typeIds: types.map(({ id }) => id),
})

/** Under which name a partner calls, and what it may order. */
export function SettingsCard({ partner, types, mayChange }: SettingsCardProps) {
  const router = useRouter()
  const kept = draftOf(partner)
  const [draft, setDraft] = useState(kept)
  const set = (changes: Partial<typeof kept>) => setDraft(before => ({ ...before, ...changes }))
  const saved = useCallback(() => {
    toast.success('Saved. Its next call is judged by this.')
    router.refresh()
  }, [router])
  const { run, pending, message, fields } = useAction(savePartner, saved)
  const same = JSON.stringify(draft) === JSON.stringify(kept)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ id: partner.id, version: partner.version, ...draft })
  }
  if (!mayChange)
    return (
      <Card title="Calls">
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          <div>
            <dt className="text-quiet text-xs">Identifier</dt>
            <dd>
              <Identifier value={partner.identifier} what="identifier" wrap />
            </dd>
          </div>
          <div>
            <dt className="text-quiet text-xs">Version</dt>
            <dd className="identifier">gsma/rsp/v{partner.headerVersion}</dd>
          </div>
          <div>
            <dt className="text-quiet text-xs">May order</dt>
            <dd>{partner.allTypes ? 'Every profile type' : partner.types.map(({ name }) => name).join(', ')}</dd>
          </div>
        </dl>
      </Card>
    )
  return (
    <Card title="Calls" description="How it names itself, and what it may order.">
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={fields.name}>
            {control => <Input {...control} maxLength={60} value={draft.name} onChange={event => set({ name: event.target.value })} />}
          </Field>
          <Field label="Identifier" hint="functionRequesterIdentifier: a call that names another one is refused." error={fields.identifier}>
            {control => (
              <Input
                {...control}
                className="identifier"
                maxLength={200}
                value={draft.identifier}
                onChange={event => set({ identifier: event.target.value })}
              />
            )}
          </Field>
          <Field label="Version" hint="Of X-Admin-Protocol, both ways: gsma/rsp/v…" error={fields.headerVersion}>
            {control => (
              <Input
                {...control}
                className="identifier"
                maxLength={20}
                value={draft.headerVersion}
                onChange={event => set({ headerVersion: event.target.value })}
              />
            )}
          </Field>
        </div>
        <TypeChoice types={types} allTypes={draft.allTypes} typeIds={draft.typeIds} onChange={set} error={fields.typeIds} />
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex gap-2">
          <Button type="submit" variant="primary" disabled={pending || same}>
            {pending ? 'Saving…' : 'Save'}
          </Button>
          {same ? null : (
            <Button disabled={pending} onClick={() => setDraft(kept)}>
              Undo
            </Button>
          )}
        </footer>
      </form>
    </Card>
  )
}
