'use client'

import { useCallback, useState } from 'react'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import type { ChainState } from '@/lib/accounts/audit-chain/chain-state'
import { FollowedTask } from '../profiles/followed-task'
import { verifyNow } from './actions'

interface ChainCardProps {
  state: ChainState
  /** What the last verification found, if the chain broke */
  broken: string | undefined
}

/** How far the chain reaches, when it was last proved, and the button that proves it. */
export function ChainCard({ state: { sealed, sealedAt, unsealed, verified }, broken }: ChainCardProps) {
  const [task, setTask] = useState<string>()
  const begun = useCallback((answer: { task: string }) => setTask(answer.task), [])
  const { run, pending, message } = useAction(verifyNow, begun)
  return (
    <Card
      className="mb-4"
      title="The chain"
      description="Each row is sealed with the hash of the one before, a few seconds after it was written."
      actions={
        <Button size="sm" disabled={pending || task !== undefined} onClick={() => run({})}>
          Verify now
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {broken ? (
          <Notice tone="bad" title={broken}>
            Somebody who may write the database’s tables has changed the audit. Keep a copy of the database as it is now, and compare it
            with a backup.
          </Notice>
        ) : null}
        {message ? <Notice tone="bad" title={message} live /> : null}
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          <div>
            <dt className="text-quiet text-xs">Sealed</dt>
            <dd className="tabular-nums">
              {countWords(sealed, 'row')}
              {sealedAt ? (
                <span className="text-quiet">
                  , the last <RelativeTime at={sealedAt} />
                </span>
              ) : null}
              {unsealed > 0 ? <span className="text-quiet">; {numberWords(unsealed)} not yet</span> : null}
            </dd>
          </div>
          <div>
            <dt className="text-quiet text-xs">Last verified</dt>
            <dd>
              {verified ? (
                <>
                  <RelativeTime at={verified.at} />{' '}
                  <span className="break-words text-quiet">
                    by {verified.by}: {verified.firstBroken ? 'it breaks' : 'it holds'}, {countWords(verified.rows, 'row')}
                  </span>
                </>
              ) : (
                'never yet'
              )}
            </dd>
          </div>
        </dl>
        {task ? <FollowedTask id={task} onClose={() => setTask(undefined)} /> : null}
        <p className="text-quiet text-xs">
          Whoever may write the tables could make the whole chain anew. A signed head that is kept elsewhere shows that too:{' '}
          <code className="identifier rounded bg-muted px-1">npm run -s cli -- audit head --out FILE</code>, later{' '}
          <code className="identifier rounded bg-muted px-1">audit verify --head FILE</code>.
        </p>
      </div>
    </Card>
  )
}
