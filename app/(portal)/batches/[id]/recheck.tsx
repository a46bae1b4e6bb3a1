'use client'

import { RotateCw } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { check } from '../actions'
import { useBatchAction } from '../use-batch-action'

/** Checks a file that needs no mapping, for the first time or again. */
export function Recheck({ batchId, again, look = 'primary' }: { batchId: string; again: boolean; look?: 'primary' | 'outline' | 'ghost' }) {
  const { run, pending, message } = useBatchAction(check)
  return (
    <>
      <Button variant={look} disabled={pending} onClick={() => run({ batchId })}>
        <RotateCw aria-hidden /> {pending ? 'Starting…' : again ? 'Check again' : 'Check'}
      </Button>
      {message ? (
        <Notice tone="bad" title="The check was not started." live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
