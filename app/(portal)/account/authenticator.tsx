'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { FactorAdded } from '@/lib/accounts/factors/own-factors'
import type { OfferedTotp } from '@/lib/accounts/factors/totp'
import { AuthenticatorSteps } from '../../(sign-in)/factors/authenticator-steps'
import { CodeInput } from '../../(sign-in)/factors/code-input'
import { RecoveryCodes } from '../../(sign-in)/factors/recovery-codes'
import { keepAuthenticator, offerAuthenticator, removeAuthenticator } from './actions'
import { ConfirmForm } from './confirm-form'

function FirstCode({ offered, onDone }: { offered: OfferedTotp; onDone: (added: FactorAdded) => void }) {
  const [code, setCode] = useState('')
  const { run, pending, message, fields } = useAction(keepAuthenticator, onDone)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    run({ sealed: offered.sealed, code })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      {message && !fields.code ? <Notice tone="bad" title={message} live /> : null}
      <AuthenticatorSteps uri={offered.uri} secret={offered.secret} />
      <Field label="Code that the app shows" error={fields.code}>
        {control => <CodeInput {...control} value={code} onChange={event => setCode(event.target.value)} autoFocus />}
      </Field>
      <footer className="flex justify-end">
        <Button type="submit" variant="primary" disabled={pending}>
          {pending ? 'Checking the code…' : 'Use this app'}
        </Button>
      </footer>
    </form>
  )
}

/** Sets up an authenticator app, in place of the one before if there is one. */
export function SetAuthenticator({ replaces }: { replaces: boolean }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [offered, setOffered] = useState<OfferedTotp>()
  const [codes, setCodes] = useState<string[]>([])
  const offer = useAction(offerAuthenticator, setOffered)
  const done = useCallback(
    ({ recoveryCodes }: FactorAdded) => {
      toast.success('The authenticator app is set up.')
      router.refresh()
      setCodes(recoveryCodes)
      if (recoveryCodes.length === 0) setOpen(false)
    },
    [router],
  )
  const turn = (next: boolean) => {
    setOpen(next)
    setOffered(undefined)
    setCodes([])
  }
  return (
    <Dialog
      open={open}
      onOpenChange={turn}
      title={replaces ? 'Use another authenticator app' : 'Set up an authenticator app'}
      description={
        replaces ? 'The codes of the one before end with the first code of the new one.' : 'It shows a new code every 30 seconds.'
      }
      trigger={<Button size="sm">{replaces ? 'Replace' : 'Set up'}</Button>}
    >
      {codes.length > 0 ? (
        <RecoveryCodes codes={codes} />
      ) : offered ? (
        <FirstCode offered={offered} onDone={done} />
      ) : (
        <ConfirmForm {...offer} submit="Go on" onConfirm={password => offer.run({ password })} />
      )}
    </Dialog>
  )
}

export function RemoveAuthenticator() {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const done = useCallback(() => {
    toast.success('The authenticator app is removed.')
    setOpen(false)
    router.refresh()
  }, [router])
  const { run, ...state } = useAction(removeAuthenticator, done)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Remove the authenticator app"
      description="Its codes open this portal no more."
      trigger={
        <Button size="sm" variant="ghost">
          Remove
        </Button>
      }
    >
      <ConfirmForm {...state} submit="Remove it" danger onConfirm={password => run({ password })} />
    </Dialog>
  )
}
