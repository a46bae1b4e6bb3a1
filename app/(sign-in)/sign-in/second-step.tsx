'use client'

import { KeyRound } from 'lucide-react'
import { useActionState, useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import type { Challenge, SecondFactor } from '@/lib/accounts/sign-in'
import { answerCodeAction, answerPasskeyAction } from '../actions'
import { CodeInput } from '../factors/code-input'
import { askForPasskey } from '../factors/passkey-ceremony'
import { emptyForm } from '../form-state'
import { StepForm } from '../step-form'

const labelOf = (factors: readonly SecondFactor[]): { label: string; hint: string } => {
  if (!factors.includes('totp')) return { label: 'Recovery code', hint: 'One of those that you kept when you set up your passkey.' }
  const hint = factors.includes('recovery') ? 'Without your phone, type one of your recovery codes instead.' : 'Six digits.'
  return { label: 'Code from your authenticator app', hint }
}

/** The second step of a sign-in: the password was right. */
export function SecondStep({ challenge: { challenge, factors, passkey }, next }: { challenge: Challenge; next: string }) {
  const [state, action, pending] = useActionState(answerCodeAction, emptyForm)
  const [refused, setRefused] = useState('')
  const [asking, startAsking] = useTransition()
  const { label, hint } = labelOf(factors)
  const takesCode = factors.includes('totp') || factors.includes('recovery')
  const usePasskey = () =>
    startAsking(async () => {
      setRefused('')
      if (!passkey) return
      const given = await askForPasskey(passkey)
      const answer = given.ok ? await answerPasskeyAction({ token: challenge, assertion: given.data, next }) : given
      if (answer.ok) window.location.assign(answer.data)
      else setRefused(answer.message)
    })
  const message = refused || state.message
  return (
    <div className="flex flex-col gap-4">
      {message ? <Notice tone="bad" title={message} live /> : null}
      {passkey ? (
        <Button variant={takesCode ? 'outline' : 'primary'} onClick={usePasskey} disabled={asking}>
          <KeyRound aria-hidden /> {asking ? 'Waiting for your passkey…' : 'Use your passkey'}
        </Button>
      ) : null}
      {takesCode ? (
        <StepForm state={state} pending={pending} action={action} onSubmit={() => setRefused('')}>
          <input type="hidden" name="token" value={challenge} />
          <input type="hidden" name="next" value={next} />
          <Field label={label} hint={hint} error={state.fields.code}>
            {control => <CodeInput {...control} name="code" recovery={factors.includes('recovery')} readOnly={pending} autoFocus />}
          </Field>
          <Button type="submit" variant="primary" aria-disabled={pending}>
            {pending ? 'Signing in…' : 'Sign in'}
          </Button>
        </StepForm>
      ) : null}
      <p className="text-quiet text-sm">
        <a href={`/sign-in?next=${encodeURIComponent(next)}`} className="text-accent underline underline-offset-2">
          Start again
        </a>
        . Lost your phone and your recovery codes? An administrator can reset your second factor.
      </p>
    </div>
  )
}
