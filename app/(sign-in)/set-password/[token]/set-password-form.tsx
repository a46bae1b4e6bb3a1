'use client'

import { useActionState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { setPasswordAction } from '../../actions'
import { emptyForm } from '../../form-state'
import { PasswordInput } from '../../password-input'
import { SecondStep } from '../../sign-in/second-step'
import { StepForm } from '../../step-form'

/** @param email undefined: the account is nobody's yet, and the person says whose it is */
export function SetPasswordForm({ token, email }: { token: string; email: string | undefined }) {
  const [state, action, pending] = useActionState(setPasswordAction, emptyForm)
  if (state.challenge) return <SecondStep challenge={state.challenge} next="/" />
  return (
    <StepForm state={state} pending={pending} action={action}>
      {state.message ? <Notice tone="bad" title={state.message} live /> : null}
      <input type="hidden" name="token" value={token} />
      {email === undefined ? (
        <>
          <Field label="E-mail" hint="You sign in with it." error={state.fields.email}>
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
          <Field label="Name" optional error={state.fields.name}>
            {control => <Input {...control} name="name" autoComplete="name" defaultValue={state.name} readOnly={pending} maxLength={100} />}
          </Field>
        </>
      ) : (
        <input type="hidden" name="email" autoComplete="username" value={email} />
      )}
      <Field label="Password" hint="At least 12 characters. A few words in a row do well." error={state.fields.password}>
        {control => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="new-password"
            readOnly={pending}
            required
            autoFocus={email !== undefined}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" aria-disabled={pending}>
        {pending ? 'Setting the password…' : 'Set the password and sign in'}
      </Button>
    </StepForm>
  )
}
