'use client'

import { Check } from 'lucide-react'
import { toast } from 'sonner'
import { numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { approve } from '../actions'
import { useBatchAction } from '../use-batch-action'
import { LeaveOut } from './leave-out'

interface ApproveProps {
  batchId: string
  good: number
  warned: number
  refused: number
  /** Something about the whole file forbids to take all of it. */
  wholeError: boolean
  /** A second person has to approve it too. */
  byTwo: boolean
}

const said = ({ state }: { state: 'approved' | 'waiting' }) =>
  toast.success(state === 'approved' ? 'The batch is in stock.' : 'A second person has to approve it now.')

/** The ways from a draft to stock: all rows, or those without a finding. */
export function Approve({ batchId, good, warned, refused, wholeError, byTwo }: ApproveProps) {
  const { run, pending, message } = useBatchAction(approve, said)
  const all = refused === 0 && !wholeError && good + warned > 0
  const some = good > 0 && (!all || warned > 0)
  const left = warned + refused
  const verb = byTwo ? 'Ask to approve' : 'Approve'
  const goodWords = good === 1 ? 'the good row' : `the ${numberWords(good)} good rows`

  return (
    <>
      {all ? (
        <Button variant="primary" disabled={pending} onClick={() => run({ batchId, how: 'all' })}>
          <Check aria-hidden /> {verb} {good + warned === 1 ? 'it' : `all ${numberWords(good + warned)}`}
        </Button>
      ) : null}
      {some && left > 0 ? (
        <LeaveOut
          label={`${verb} ${goodWords}`}
          primary={!all}
          good={good}
          warned={warned}
          refused={refused}
          pending={pending}
          onConfirm={() => run({ batchId, how: 'good' })}
        />
      ) : null}
      {some && left === 0 ? (
        <Button disabled={pending} onClick={() => run({ batchId, how: 'good' })}>
          {verb} {goodWords}
        </Button>
      ) : null}
      {message ? (
        <Notice tone="bad" title="It was not approved." live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
