'use client'

import { KeyRound } from 'lucide-react'
import { type FormEvent, type ReactNode, useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { FactorAdded } from '@/lib/accounts/factors/own-factors'
import { CodeInput } from '../factors/code-input'
import { makePasskey } from '../factors/passkey-ceremony'
import { finishSetUpAction, offerPasskeyAction, setUpPasskeyAction, setUpTotpAction } from './actions'
import { KeepCodes } from './keep-codes'

interface SetUpProps {
  next: string
  /** The offered secret, sealed */
  sealed: string
  /** Whether browsers allow passkeys under the portal's address */
  passkeys: boolean
  /** The factor is there; only the codes are to be kept. */
  proven: boolean
  /** The QR code and the key */
  authenticator: ReactNode
}

async function passkeyMade() {
  const offered = await offerPasskeyAction()
  if (!offered.ok) return offered
  const made = await makePasskey(offered.data.options)
  return made.ok ? setUpPasskeyAction({ token: offered.data.token, registration: made.data }) : made
}

/** Setting up the first second factor, then keeping the recovery codes. */
export function SetUp({ next, sealed, passkeys, proven, authenticator }: SetUpProps) {
  const [codes, setCodes] = useState<string[] | undefined>(proven ? [] : undefined)
  const [code, setCode] = useState('')
  const done = useCallback(({ recoveryCodes }: FactorAdded) => setCodes(recoveryCodes), [])
  const totp = useAction(setUpTotpAction, done)
  const passkey = useAction(passkeyMade, done)
  if (codes) return <KeepCodes codes={codes} onCodes={setCodes} finish={finishSetUpAction} next={next} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    totp.run({ sealed, code })
  }
  const message = totp.fields.code ? '' : totp.message || passkey.message
  const pending = totp.pending || passkey.pending
  return (
    <>
      <div>
        <h1 className="font-semibold text-xl tracking-tight">Set up your second factor</h1>
        <p className="mt-1.5 text-quiet text-sm">
          A password alone does not open this portal: it holds the keys of a network. From now on you sign in with something that you have,
          too.
        </p>
      </div>
      {message ? <Notice tone="bad" title={message} live /> : null}
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        {authenticator}
        <Field label="Code that the app shows" error={totp.fields.code}>
          {control => <CodeInput {...control} name="code" value={code} onChange={event => setCode(event.target.value)} />}
        </Field>
        <Button type="submit" variant="primary" disabled={pending}>
          {totp.pending ? 'Checking the code…' : 'Use this app'}
        </Button>
      </form>
      {passkeys ? (
        <div className="flex flex-col gap-2">
          <p className="text-quiet text-sm">Or use a passkey: your finger, your face or a security key, with no code to type.</p>
          <Button onClick={() => passkey.run(undefined)} disabled={pending}>
            <KeyRound aria-hidden /> {passkey.pending ? 'Waiting for the browser…' : 'Make a passkey'}
          </Button>
        </div>
      ) : null}
    </>
  )
}
