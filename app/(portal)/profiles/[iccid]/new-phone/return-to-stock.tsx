'use client'

import { PackageOpen } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { backToStock } from './actions'

/** Makes a profile that its eUICC has deleted stock again, for somebody else. */
export function ReturnToStock({ iccid }: { iccid: string }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success('The profile is in stock again.')
    router.refresh()
  }, [router])
  const { run, pending, message } = useAction(backToStock, done)
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button variant="ghost" disabled={pending}>
            <PackageOpen aria-hidden /> {pending ? 'One moment…' : 'Return to stock'}
          </Button>
        }
        title="Return this profile to stock?"
        description={
          <p>
            Its phone has reported that it was deleted, and the type lets it go back. Profile <span className="identifier">{iccid}</span>{' '}
            can then be issued to somebody else; whoever had it cannot have it again, and their page says so. Make sure that the network’s
            systems have let go of the line.
          </p>
        }
        confirm="Return to stock"
        keep="Leave it"
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
