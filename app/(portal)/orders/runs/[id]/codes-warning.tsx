'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import { forgetCodes } from '../../actions'

interface CodesWarningProps {
  runId: string
  /** How many are kept still */
  kept: number
  forgottenAt: Date | null
  keptUntil: Date
}

/** Says how long the confirmation codes of a run can still be taken, and lets them be forgotten once they are. */
export function CodesWarning({ runId, kept, forgottenAt, keptUntil }: CodesWarningProps) {
  const router = useRouter()
  const { run, pending, message } = useAction(
    forgetCodes,
    useCallback(() => router.refresh(), [router]),
  )
  if (kept === 0)
    return forgottenAt ? (
      <p className="text-quiet">
        The confirmation codes were forgotten <RelativeTime at={forgottenAt} />: only their hashes are kept, and no file has them any more.
      </p>
    ) : null
  return (
    <Notice tone="warn" title={`Take the ${countWords(kept, 'confirmation code')} now: they are kept for a day only.`}>
      <p>
        Each order has one of its own. They are in the files below until they are forgotten <RelativeTime at={keptUntil} />; after that
        nobody can see them again. Every download of them is recorded.
      </p>
      {message ? <p className="mt-1 text-bad">{message}</p> : null}
      <div className="mt-2">
        <ConfirmDialog
          trigger={
            <Button size="sm" disabled={pending}>
              {pending ? 'One moment…' : 'I have saved them: forget the codes…'}
            </Button>
          }
          title={`Forget ${countWords(kept, 'confirmation code')}?`}
          description="They go from this server and from the files that were made here. A device that asks for one can use only what you have saved. This cannot be undone."
          confirm="Forget the codes"
          keep="Keep them for now"
          pending={pending}
          onConfirm={() => run({ runId })}
        />
      </div>
    </Notice>
  )
}
