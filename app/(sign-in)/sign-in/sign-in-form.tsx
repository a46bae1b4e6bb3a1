'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { signInAction } from '../actions'
import { PasswordInput } from '../password-input'
import { useFormFocus } from '../use-form-focus'

export function SignInForm({ next }: { next: string }) {
  const [state, action, pending] = useActionState(signInAction, { message: '', fields: {}, email: '', name: '' })
  const form = useFormFocus(state)
  return (
    <form ref={form} action={action} className="flex flex-col gap-4">
      {state.message ? <Notice tone="bad" title={state.message} live /> : null}
      <input type="hidden" name="next" value={next} />
      <Field label="E-mail" error={state.fields.email}>
        {control => <Input {...control} type="email" name="email" autoComplete="username" defaultValue={state.email} required autoFocus />}
      </Field>
      <Field label="Password" error={state.fields.password}>
        {control => <PasswordInput {...control} name="password" autoComplete="current-password" required />}
      </Field>
      <Button type="submit" variant="primary" aria-disabled={pending}>
        {pending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  )
}
