'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { type ProfileState, TRANSITIONS } from '@/lib/rsp/lifecycle'
import { cancelOrder } from '../actions'

interface CancelOrderProps {
  iccid: string
  state: ProfileState
  /** The eUICC that took the package, if one did */
  eid: string | null
  hasOrder: boolean
  /** The profile is a customer’s already: it was moved to a new phone, or has taken the place of another one. */
  customersOwn: boolean
}

/** Ends an order, back to stock or out of use; the lifecycle says which of them may be. */
export function CancelOrder({ iccid, state, eid, hasOrder, customersOwn }: CancelOrderProps) {
  const router = useRouter()
  const done = useCallback(
    ({ state: now }: { state: string }) => {
      toast.success(now === 'Available' ? 'The profile is in stock again.' : 'The profile is out of use.')
      router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(cancelOrder, done)
  const { cancelToAvailable, cancelToUnavailable } = TRANSITIONS[state]
  // Keys that have left the server cannot be given to somebody else.
  const backToStock = cancelToAvailable && !eid && !customersOwn
  const taken = eid ? ` The eUICC ${eid} has taken the package and may still install it.` : ''
  const code = hasOrder ? 'Its activation code and the customer’s link stop working at once, also where they were printed or mailed.' : ''

  return (
    <>
      {backToStock ? (
        <ConfirmDialog
          trigger={<Button disabled={pending}>{hasOrder ? 'Cancel the order' : 'Back to stock'}</Button>}
          title={hasOrder ? 'Cancel this order?' : 'Bring this profile back to stock?'}
          description={
            <p>
              {code} Profile <span className="identifier">{iccid}</span> goes back to stock and can be issued again.
            </p>
          }
          confirm={hasOrder ? 'Cancel the order' : 'Back to stock'}
          keep={hasOrder ? 'Keep it' : 'Leave it'}
          pending={pending}
          onConfirm={() => run({ iccid, finalProfileStatusIndicator: 'Available' })}
        />
      ) : null}
      {cancelToUnavailable ? (
        <ConfirmDialog
          trigger={
            <Button variant="ghost" disabled={pending} className="text-bad">
              Take out of use
            </Button>
          }
          title="Take this profile out of use for good?"
          description={
            <p>
              {code}
              {taken} Profile <span className="identifier">{iccid}</span> can never be issued again. This cannot be undone.
            </p>
          }
          confirm="Take out of use"
          keep="Keep it"
          pending={pending}
          onConfirm={() => run({ iccid, finalProfileStatusIndicator: 'Unavailable' })}
        />
      ) : null}
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
