'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { signInAction } from '../actions'
import { emptyForm } from '../form-state'
import { PasswordInput } from '../password-input'
import { useFormFocus } from '../use-form-focus'
import { PasskeySignIn } from './passkey-sign-in'
import { SecondStep } from './second-step'

/** @param passkeys whether browsers allow passkeys under the portal's address */
export function SignInForm({ next, passkeys }: { next: string; passkeys: boolean }) {
  const [state, action, pending] = useActionState(signInAction, emptyForm)
  const form = useFormFocus(state)
  if (state.challenge) return <SecondStep challenge={state.challenge} next={next} />
  return (
    <>
      <form ref={form} action={action} className="flex flex-col gap-4">
        {state.message ? <Notice tone="bad" title={state.message} live /> : null}
        <input type="hidden" name="next" value={next} />
        <Field label="E-mail" error={state.fields.email}>
          {control => (
            <Input {...control} type="email" name="email" autoComplete="username" defaultValue={state.email} required autoFocus />
          )}
        </Field>
        <Field label="Password" error={state.fields.password}>
          {control => <PasswordInput {...control} name="password" autoComplete="current-password" required />}
        </Field>
        <Button type="submit" variant="primary" aria-disabled={pending}>
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      {passkeys ? <PasskeySignIn next={next} /> : null}
    </>
  )
}
