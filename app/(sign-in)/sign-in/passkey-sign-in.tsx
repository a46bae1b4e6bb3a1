'use client'

import { KeyRound } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { offerPasskeySignInAction, signInWithPasskeyAction } from '../actions'
import { askForPasskey } from '../factors/passkey-ceremony'

/** Signing in by a passkey alone. */
export function PasskeySignIn({ next }: { next: string }) {
  const [message, setMessage] = useState('')
  const [pending, startTransition] = useTransition()
  const run = () =>
    startTransition(async () => {
      setMessage('')
      const offered = await offerPasskeySignInAction()
      if (!offered.ok) return setMessage(offered.message)
      const given = await askForPasskey(offered.data.options)
      const answer = given.ok ? await signInWithPasskeyAction({ token: offered.data.token, assertion: given.data, next }) : given
      if (answer.ok) window.location.assign(answer.data)
      else setMessage(answer.message)
    })
  return (
    <div className="flex flex-col gap-3">
      {message ? <Notice tone="bad" title={message} live /> : null}
      <Button onClick={run} disabled={pending}>
        <KeyRound aria-hidden /> {pending ? 'Waiting for your passkey…' : 'Sign in with a passkey'}
      </Button>
    </div>
  )
}
