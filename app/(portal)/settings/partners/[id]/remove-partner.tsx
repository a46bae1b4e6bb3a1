'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { endPartner } from '../actions'

/** Ends a partner, once somebody has said so twice. */
export function RemovePartner({ id, name }: { id: string; name: string }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success(`${name} is no partner any more.`)
    router.push('/settings/partners')
  }, [router, name])
  const { run, pending, message } = useAction(endPartner, done)
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button variant="ghost" className="text-bad" disabled={pending}>
            {pending ? 'Removing…' : 'Remove'}
          </Button>
        }
        title={`Remove the partner ${name}?`}
        description="Its calls are refused from then on, and it is told nothing any more, not even what waits now. Its orders and profiles stay as they are, but a partner that is added later under this name has no access to them."
        confirm="Remove"
        keep="Keep it"
        pending={pending}
        onConfirm={() => run({ id })}
      />
      {message ? <Notice tone="bad" title={message} live /> : null}
    </>
  )
}
