'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { signInAction } from '../actions'
import { emptyForm } from '../form-state'
import { PasswordInput } from '../password-input'
import { StepForm } from '../step-form'
import { PasskeySignIn } from './passkey-sign-in'
import { SecondStep } from './second-step'

/** @param passkeys whether browsers allow passkeys under the portal's address */
export function SignInForm({ next, passkeys }: { next: string; passkeys: boolean }) {
  const [state, action, pending] = useActionState(signInAction, emptyForm)
  if (state.challenge) return <SecondStep challenge={state.challenge} next={next} />
  return (
    <>
      <StepForm state={state} pending={pending} action={action}>
        {state.message ? <Notice tone="bad" title={state.message} live /> : null}
        <input type="hidden" name="next" value={next} />
        <Field label="E-mail" error={state.fields.email}>
          {control => (
            <Input
              {...control}
              type="email"
              name="email"
              autoComplete="username"
              defaultValue={state.email}
              readOnly={pending}
              required
              autoFocus
            />
          )}
        </Field>
        <Field label="Password" error={state.fields.password}>
          {control => <PasswordInput {...control} name="password" autoComplete="current-password" readOnly={pending} required />}
        </Field>
        <Button type="submit" variant="primary" aria-disabled={pending}>
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
      </StepForm>
      {passkeys ? <PasskeySignIn next={next} /> : null}
    </>
  )
}
