'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { CheckProgress } from '@/components/batch/check-progress'
import type { BatchProgress } from '@/components/batch/progress'
import { useBatchProgress } from '@/components/batch/use-batch-progress'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { cancelBatchCheck } from '../actions'
import { useBatchAction } from '../use-batch-action'

/** The check while it runs; when it ends the page is read anew. */
export function Checking({ name, initial, mayCancel }: { name: string; initial: BatchProgress; mayCancel: boolean }) {
  const router = useRouter()
  const refresh = useCallback(() => router.refresh(), [router])
  const progress = useBatchProgress(initial.id, refresh).get(initial.id) ?? initial
  const cancelling = useBatchAction(cancelBatchCheck)
  return (
    <Card title="The file is being checked">
      <div className="flex flex-col gap-4">
        <CheckProgress name={name} progress={progress} />
        {progress.refused + progress.warned > 0 ? (
          <p className="text-warn">Something was found already. The report lists it when the check has come to the end.</p>
        ) : null}
        <div className="flex flex-wrap items-center gap-3">
          {mayCancel ? (
            <Button disabled={cancelling.pending} onClick={() => cancelling.run({ batchId: initial.id })}>
              {cancelling.pending ? 'Cancelling…' : 'Cancel the check'}
            </Button>
          ) : null}
          <p className="text-quiet">It goes on when you leave this page. Nothing becomes stock before somebody approves it.</p>
        </div>
        {cancelling.message ? (
          <Notice tone="bad" title="The check was not cancelled." live>
            {cancelling.message}
          </Notice>
        ) : null}
      </div>
    </Card>
  )
}
