'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { PasswordInput } from '../../(sign-in)/password-input'

interface ConfirmFormProps {
  submit: string
  pending: boolean
  message: string
  fields: Record<string, string>
  danger?: boolean
  onConfirm: (password: string) => void
}

/** Asks for one's own password before something about signing in is changed. */
export function ConfirmForm({ submit, pending, message, fields, danger, onConfirm }: ConfirmFormProps) {
  const [password, setPassword] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    onConfirm(password)
  }
  return (
    <form onSubmit={send} className="flex flex-col gap-4" noValidate>
      {message && !fields.password ? <Notice tone="bad" title={message} live /> : null}
      <Field label="Your password" error={fields.password}>
        {control => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="current-password"
            value={password}
            onChange={event => setPassword(event.target.value)}
            required
            autoFocus
          />
        )}
      </Field>
      <footer className="flex justify-end">
        <Button type="submit" variant={danger ? 'danger' : 'primary'} disabled={pending}>
          {pending ? 'One moment…' : submit}
        </Button>
      </footer>
    </form>
  )
}
