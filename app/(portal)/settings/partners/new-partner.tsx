'use client'

import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { CheckField, Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { addNewPartner } from './actions'
import { CertificateField, givenCertificate, noCertificate } from './certificate-field'
import { TypeChoice, type TypeName } from './type-choice'

const empty = { name: '', identifier: '', url: '', inTheClear: false, headerVersion: '2.2.2', allTypes: true, typeIds: [] as string[] }

/** Asks who is to order by ES2+. */
export function NewPartner({ types }: { types: TypeName[] }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState(empty)
  const [certificate, setCertificate] = useState(noCertificate)
  const set = (changes: Partial<typeof empty>) => setDraft(before => ({ ...before, ...changes }))
  const done = useCallback(
    ({ id }: { id: string }) => {
      setOpen(false)
      setDraft(empty)
      setCertificate(noCertificate)
      toast.success('The partner is added. It can call from now on.')
      router.push(`/settings/partners/${id}`)
    },
    [router],
  )
  const { run, refuse, pending, message, fields } = useAction(addNewPartner, done)
  const errors = Object.fromEntries(Object.entries(fields).map(([field, sentence]) => [field.replace(/^partner\./, ''), sentence]))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const answer = await givenCertificate(certificate)
    if ('missing' in answer) return refuse('', { certificate: answer.missing })
    const { url, inTheClear, ...partner } = draft
    run({ partner: { ...partner, ...(url.trim() ? { callback: { url, inTheClear } } : {}) }, certificate: answer.given })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      wide
      title="Add a partner"
      description="An operator’s billing or provisioning system. All of this can be changed later."
      trigger={
        <Button variant="primary">
          <Plus aria-hidden /> Add a partner
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate autoComplete="off">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" hint="As people here call it." error={errors.name}>
            {control => <Input {...control} maxLength={60} value={draft.name} onChange={event => set({ name: event.target.value })} />}
          </Field>
          <Field label="Identifier" hint="functionRequesterIdentifier in its calls: an OID or a name." error={errors.identifier}>
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
          <CertificateField draft={certificate} onChange={setCertificate} errors={errors} />
        </div>
        <TypeChoice types={types} allTypes={draft.allTypes} typeIds={draft.typeIds} onChange={set} error={errors.typeIds} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Callback"
            optional
            hint="Where it is told how downloads go. Without a path: that of the specification."
            error={errors['callback.url']}
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
          <Field label="Version" hint="Of X-Admin-Protocol: gsma/rsp/v…" error={errors.headerVersion}>
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
        {/^\s*http:/i.test(draft.url) ? (
          <CheckField
            label="Without TLS is meant"
            hint="Everybody on the way can read and change what is told. On this very machine that is fine."
            checked={draft.inTheClear}
            onChange={inTheClear => set({ inTheClear })}
          />
        ) : null}
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Adding…' : 'Add the partner'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
