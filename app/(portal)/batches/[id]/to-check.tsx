import { CircleAlert } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { may } from '@/lib/accounts/roles'
import { Discard } from './discard'
import { BatchMapping } from './mapping/batch-mapping'
import { Outcome } from './outcome'
import { Recheck } from './recheck'
import type { StateProps } from './state-props'

/** A file whose columns have to be looked at, or one whose check failed. */
export function ToCheck({ batch, actor }: StateProps) {
  const { id, name, table, failure, vendor } = batch
  const mayCheck = may(actor.role, 'batch:upload')
  const discard = may(actor.role, 'batch:decide') ? <Discard batchId={id} name={name} /> : null
  const again = batch.state === 'failed'
  return (
    <div className="flex flex-col gap-4">
      {again ? (
        <Outcome
          tone="bad"
          icon={CircleAlert}
          title="The check failed."
          actions={
            <>
              {table || !mayCheck ? null : <Recheck batchId={id} again />}
              {table?.mapping.transport ? (
                <Button asChild>
                  <Link href="/settings/keys">Transport keys</Link>
                </Button>
              ) : null}
              {discard}
            </>
          }
        >
          <p>{failure}</p>
          {table && mayCheck ? <p>Mend what is wrong below and check again, or discard the batch and upload another file.</p> : null}
        </Outcome>
      ) : null}
      {table && !again && table.remembered ? (
        <Notice tone="good" title={`Read as the last file of ${vendor} was.`}>
          Look whether it still fits, then press Check.
        </Notice>
      ) : null}
      {mayCheck ? <BatchMapping batch={batch} again={again} /> : null}
      {again ? null : (
        <div className="flex flex-wrap items-center gap-2">
          {table || !mayCheck ? null : <Recheck batchId={id} again={false} />}
          {discard}
        </div>
      )}
    </div>
  )
}
