'use client'

import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { Notice } from '@/components/ui/notice'
import { rollBack } from '../actions'
import { useBatchAction } from '../use-batch-action'
import { ConfirmButton } from './confirm-button'

const said = () => toast.success('The batch is out of stock again.')

/** Takes an approved batch out of stock, as long as nothing of it was used. */
export function RollBack({ batchId, profiles }: { batchId: string; profiles: number }) {
  const { run, pending, message } = useBatchAction(rollBack, said)
  return (
    <>
      <ConfirmButton
        title="Take this batch out of stock?"
        description={`Its ${countWords(profiles, 'profile')} and their keys are deleted here. It works only while none of them was ever given a code. To have them again, upload the file again.`}
        confirm="Roll back"
        keep="Keep it in stock"
        pending={pending}
        onConfirm={() => run({ batchId })}
      >
        Roll back…
      </ConfirmButton>
      {message ? (
        <Notice tone="bad" title="The batch stays in stock." live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
