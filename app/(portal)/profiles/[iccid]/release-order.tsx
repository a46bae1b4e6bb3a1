'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { releaseOrder } from '../actions'

export function ReleaseOrder({ iccid }: { iccid: string }) {
  const router = useRouter()
  const done = useCallback(() => router.refresh(), [router])
  const { run, pending, message } = useAction(releaseOrder, done)
  return (
    <>
      <Button variant="primary" disabled={pending} onClick={() => run({ iccid })}>
        {pending ? 'Releasing…' : 'Release'}
      </Button>
      {message ? (
        <Notice tone="bad" title={problemTitle('Not released.', message)} live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
