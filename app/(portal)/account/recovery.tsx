'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { useAction } from '@/components/use-action'
import { RecoveryCodes } from '../../(sign-in)/factors/recovery-codes'
import { renewCodes } from './actions'
import { ConfirmForm } from './confirm-form'

/** New recovery codes in place of the earlier ones. */
export function RenewCodes() {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [codes, setCodes] = useState<string[]>([])
  const done = useCallback(
    (made: string[]) => {
      setCodes(made)
      router.refresh()
    },
    [router],
  )
  const { run, ...state } = useAction(renewCodes, done)
  const turn = (next: boolean) => {
    setOpen(next)
    setCodes([])
  }
  return (
    <Dialog
      open={open}
      onOpenChange={turn}
      busy={state.pending}
      title="New recovery codes"
      description={codes.length > 0 ? undefined : 'The earlier ones are over at once.'}
      trigger={<Button size="sm">Make new ones</Button>}
    >
      {codes.length > 0 ? (
        <RecoveryCodes codes={codes} />
      ) : (
        <ConfirmForm {...state} submit="Make them" onConfirm={password => run({ password })} />
      )}
    </Dialog>
  )
}
