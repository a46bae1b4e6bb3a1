'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import type { FactorAdded } from '@/lib/accounts/factors/own-factors'
import { makePasskey } from '../../(sign-in)/factors/passkey-ceremony'
import { RecoveryCodes } from '../../(sign-in)/factors/recovery-codes'
import { beginPasskey, forgetPasskey, keepPasskey } from './actions'
import { ConfirmForm } from './confirm-form'

/** A passkey as its owner sees it; times are ISO 8601. */
export interface ShownPasskey {
  credentialId: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  /** Kept by the maker of the phone or the browser as well */
  backedUp: boolean
}

async function passkeyMade({ password, name }: { password: string; name: string }) {
  const offered = await beginPasskey({ password })
  if (!offered.ok) return offered
  const made = await makePasskey(offered.data.options)
  return made.ok ? keepPasskey({ token: offered.data.token, registration: made.data, name }) : made
}

/** Makes a passkey on this device. */
export function AddPasskey() {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [codes, setCodes] = useState<string[]>([])
  const done = useCallback(
    ({ recoveryCodes }: FactorAdded) => {
      toast.success('The passkey is there.')
      router.refresh()
      setName('')
      setCodes(recoveryCodes)
      if (recoveryCodes.length === 0) setOpen(false)
    },
    [router],
  )
  const { run, ...state } = useAction(passkeyMade, done)
  const turn = (next: boolean) => {
    setOpen(next)
    setCodes([])
  }
  return (
    <Dialog
      open={open}
      onOpenChange={turn}
      title="Make a passkey"
      description="It signs you in by itself: the device asks for your finger, your face or its PIN."
      trigger={<Button size="sm">Make a passkey</Button>}
    >
      {codes.length > 0 ? (
        <RecoveryCodes codes={codes} />
      ) : (
        <div className="flex flex-col gap-4">
          <Field label="Name of the device" optional hint="So that you know it again in the list.">
            {control => (
              <Input {...control} value={name} onChange={event => setName(event.target.value)} maxLength={60} autoComplete="off" />
            )}
          </Field>
          <ConfirmForm {...state} submit="Make it" onConfirm={password => run({ password, name })} />
        </div>
      )}
    </Dialog>
  )
}

function ForgetPasskey({ credentialId, called }: { credentialId: string; called: string }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const done = useCallback(() => {
    toast.success('The passkey is removed.')
    setOpen(false)
    router.refresh()
  }, [router])
  const { run, ...state } = useAction(forgetPasskey, done)
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={`Remove ${called}`}
      description="It opens this portal no more. Delete it on the device, too."
      trigger={
        <Button size="sm" variant="ghost" aria-label={`Remove ${called}`}>
          Remove
        </Button>
      }
    >
      <ConfirmForm {...state} submit="Remove it" danger onConfirm={password => run({ credentialId, password })} />
    </Dialog>
  )
}

export const PasskeyList = ({ passkeys }: { passkeys: ShownPasskey[] }) => (
  <ul className="divide-y">
    {passkeys.map(({ credentialId, name, createdAt, lastUsedAt, backedUp }) => (
      <li key={credentialId} className="flex items-center gap-3 py-2">
        <div className="min-w-0 flex-1">
          <p className="truncate">{name || 'Passkey'}</p>
          <p className="text-quiet text-xs">
            made <RelativeTime at={createdAt} />
            {lastUsedAt ? (
              <>
                , last used <RelativeTime at={lastUsedAt} />
              </>
            ) : (
              ', not used yet'
            )}
            {backedUp ? '; kept by your account with the maker of the device, too' : ''}
          </p>
        </div>
        <ForgetPasskey credentialId={credentialId} called={name || 'this passkey'} />
      </li>
    ))}
  </ul>
)
