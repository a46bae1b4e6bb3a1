'use client'

import { KeyRound } from 'lucide-react'
import { type FormEvent, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { ROLE_NAMES, ROLES, type Role } from '@/lib/accounts/roles'
import { type MadeKey, makeKey } from './api-keys-actions'

/** Asks what a new key is for and what it may do. */
export function MakeApiKey({ onMade }: { onMade: (made: MadeKey) => void }) {
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('auditor')
  const [expiresAt, setExpiresAt] = useState('')
  const done = useCallback(
    (made: MadeKey) => {
      setOpen(false)
      setName('')
      setExpiresAt('')
      onMade(made)
    },
    [onMade],
  )
  const { run, pending, message, fields } = useAction(makeKey, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ name, role, ...(expiresAt ? { expiresAt } : {}) })
  }
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Make a key"
      description="A script that sends it may do what its role may. Give each script a key of its own, with the smallest role that is enough."
      trigger={
        <Button size="sm">
          <KeyRound aria-hidden /> Make a key
        </Button>
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <Field label="What uses it" hint="The audit calls it by this name." error={fields.name}>
          {control => <Input {...control} autoComplete="off" maxLength={60} value={name} onChange={event => setName(event.target.value)} />}
        </Field>
        <Field label="Role" hint={ROLES[role]} error={fields.role}>
          {control => (
            <Select
              {...control}
              value={role}
              onChange={event => setRole(ROLE_NAMES.find(each => each === event.target.value) ?? 'auditor')}
            >
              {ROLE_NAMES.map(each => (
                <option key={each}>{each}</option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Good until the end of" optional hint="UTC. Without a day it is good until it is revoked." error={fields.expiresAt}>
          {control => <Input {...control} type="date" value={expiresAt} onChange={event => setExpiresAt(event.target.value)} />}
        </Field>
        {message ? <Notice tone="bad" title={message} live /> : null}
        <footer className="flex justify-end">
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'Making…' : 'Make the key'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
