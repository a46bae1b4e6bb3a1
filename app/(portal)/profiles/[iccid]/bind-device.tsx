'use client'

import { Smartphone, Unlink2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useCallback, useState } from 'react'
import { toast } from 'sonner'
import { EidField, type EidPolicy, eidProblem } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Dialog, DialogClose } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { bindDevice, unbindDevice } from './bind-actions'

interface BindDeviceProps {
  iccid: string
  /** The device that it is bound to now */
  eid: string | null
  /** There is no order yet: binding makes one, without a code. */
  reserves: boolean
  eidPolicy: EidPolicy
}

/** Binds an order to one device, or to another one. */
export function BindDevice({ iccid, eid, reserves, eidPolicy }: BindDeviceProps) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const done = useCallback(() => {
    toast.success('The profile is for this device now.')
    setOpen(false)
    router.refresh()
  }, [router])
  const { run, refuse, pending, message, fields } = useAction(bindDevice, done)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const problem = typed.trim() ? eidProblem(typed, eidPolicy) : 'Which device? Its EID has 32 digits.'
    if (problem) refuse('', { eid: problem })
    else run({ iccid, eid: typed })
  }
  const show = (shown: boolean) => {
    setOpen(shown)
    setTyped('')
    refuse('')
  }
  const verb = eid ? 'Another device…' : reserves ? 'Reserve for a device…' : 'Bind to a device…'
  return (
    <Dialog
      open={open}
      onOpenChange={show}
      busy={pending}
      trigger={
        <Button size={reserves ? 'md' : 'sm'} variant={reserves ? 'ghost' : 'outline'}>
          <Smartphone aria-hidden /> {verb}
        </Button>
      }
      title={eid ? 'Bind it to another device' : reserves ? 'Reserve it for a device' : 'Bind it to a device'}
      description={
        reserves
          ? 'The profile is set aside for the eUICC with this EID. The code is issued afterwards.'
          : 'Only the eUICC with this EID can download then. The activation code stays as it is.'
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
        <EidField
          value={typed}
          onChange={setTyped}
          policy={eidPolicy}
          hint={eid ? `It is for ${eid} now.` : '32 digits, with or without spaces. A phone shows it after dialling *#06#.'}
          error={fields.eid}
        />
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        <footer className="flex flex-wrap justify-end gap-2">
          <DialogClose asChild>
            <Button>Not now</Button>
          </DialogClose>
          <Button type="submit" variant="primary" disabled={pending}>
            {pending ? 'One moment…' : reserves ? 'Reserve' : 'Bind to this device'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** Lets the first device that comes use the order. */
export function UnbindDevice({ iccid, eid }: { iccid: string; eid: string }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success('Any device can use it now.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(unbindDevice, done)
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button size="sm" variant="ghost" disabled={pending}>
            <Unlink2 aria-hidden /> {pending ? 'One moment…' : 'Unbind…'}
          </Button>
        }
        title="Unbind it from its device?"
        description={
          <p>
            The first device that uses the code gets the profile then, whichever it is. Now only <span className="identifier">{eid}</span>{' '}
            can.
          </p>
        }
        confirm="Unbind"
        keep="Keep it bound"
        pending={pending}
        onConfirm={() => run({ iccid })}
      />
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
