'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { useAction } from '@/components/use-action'
import { retireKey } from './actions'

/** Ends the use of a transport key, for good. */
export function RetireKey({ id, name, whole }: { id: string; name: string; whole: boolean }) {
  const router = useRouter()
  const done = useCallback(() => {
    toast.success(whole ? 'The key is retired.' : 'The key is dropped.')
    router.refresh()
  }, [router, whole])
  const { run, pending, message } = useAction(retireKey, done)
  return (
    <>
      <ConfirmDialog
        trigger={
          <Button size="sm" disabled={pending} aria-label={`${whole ? 'Retire' : 'Drop'} ${name}`}>
            {whole ? 'Retire' : 'Drop'}
          </Button>
        }
        title={`${whole ? 'Retire' : 'Drop'} ${name}?`}
        description="What is secret of it is deleted: files under this key cannot be read any more, unless somebody enters it again from the paper."
        confirm={whole ? 'Retire the key' : 'Drop the key'}
        keep="Keep it"
        pending={pending}
        onConfirm={() => run({ id })}
      />
      {message ? (
        <p role="alert" className="text-bad text-xs">
          {message}
        </p>
      ) : null}
    </>
  )
}
