'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { PasswordInput } from '../../(sign-in)/password-input'
import { changePassword } from './actions'

/** Changes one's own password. */
export function PasswordForm({ email }: { email: string }) {
  const [password, setPassword] = useState('')
  const [next, setNext] = useState('')
  const done = useCallback(() => {
    toast.success('Your password is changed. Your other sessions have ended.')
    setPassword('')
    setNext('')
  }, [])
  const { run, pending, message, fields } = useAction(changePassword, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ password, next })
  }
  return (
    <form onSubmit={submit} className="flex max-w-md flex-col gap-4" noValidate>
      {message && Object.keys(fields).length === 0 ? <Notice tone="bad" title={message} live /> : null}
      <input type="hidden" name="email" autoComplete="username" value={email} />
      <Field label="Your password now" error={fields.password}>
        {control => (
          <PasswordInput
            {...control}
            autoComplete="current-password"
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Field label="New password" hint="At least 12 characters. It ends your sessions everywhere else." error={fields.next}>
        {control => <PasswordInput {...control} autoComplete="new-password" value={next} onChange={event => setNext(event.target.value)} />}
      </Field>
      <div>
        <Button type="submit" disabled={pending}>
          {pending ? 'Changing it…' : 'Change the password'}
        </Button>
      </div>
    </form>
  )
}
