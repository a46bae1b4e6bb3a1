'use client'

import { toast } from 'sonner'
import { Notice } from '@/components/ui/notice'
import { discard } from '../actions'
import { useBatchAction } from '../use-batch-action'
import { ConfirmButton } from './confirm-button'

const said = () => toast.success('The batch is discarded.')

/** Puts a batch away that never became stock. */
export function Discard({ batchId, name }: { batchId: string; name: string }) {
  const { run, pending, message } = useBatchAction(discard, said)
  return (
    <>
      <ConfirmButton
        title="Discard this batch?"
        description={`What was uploaded as ${name} is deleted here, with its report. To have it again, upload the file again.`}
        confirm="Discard the batch"
        keep="Keep it"
        pending={pending}
        onConfirm={() => run({ batchId })}
      >
        Discard
      </ConfirmButton>
      {message ? (
        <Notice tone="bad" title="It was not discarded." live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
