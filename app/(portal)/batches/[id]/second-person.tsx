'use client'

import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { decideRequest } from '../actions'
import { useBatchAction } from '../use-batch-action'

type Decision = 'approved' | 'declined' | 'withdrawn'

const said: Record<Decision, string> = {
  approved: 'The batch is in stock.',
  declined: 'Declined: the batch stays a draft.',
  withdrawn: 'Taken back: the batch stays a draft.',
}

const say = ({ decision }: { decision: Decision }) => toast.success(said[decision])

interface SecondPersonProps {
  approvalId: string
  /** Who looks at this asked for it themselves. */
  mine: boolean
  mayDecide: boolean
  /** Who asked for what, and when */
  children: ReactNode
}

/** A draft that waits for somebody else's approval: that person decides here, the one who asked may take it back. */
export function SecondPerson({ approvalId, mine, mayDecide, children }: SecondPersonProps) {
  const { run, pending, message } = useBatchAction(decideRequest, say)
  const decide = (decision: Decision) => run({ approvalId, decision })
  return (
    <div className="flex w-full flex-col gap-3">
      <Notice
        tone="info"
        title={mine ? 'A second person has to approve this.' : `This waits for a second person${mayDecide ? ': you can be it.' : '.'}`}
      >
        {children}
      </Notice>
      {mayDecide ? (
        <div className="flex flex-wrap gap-2">
          {mine ? (
            <Button disabled={pending} onClick={() => decide('withdrawn')}>
              Take it back
            </Button>
          ) : (
            <>
              <Button variant="primary" disabled={pending} onClick={() => decide('approved')}>
                <Check aria-hidden /> Approve
              </Button>
              <Button disabled={pending} onClick={() => decide('declined')}>
                <X aria-hidden /> Decline
              </Button>
            </>
          )}
        </div>
      ) : null}
      {message ? (
        <Notice tone="bad" title="Nothing was decided." live>
          {message}
        </Notice>
      ) : null}
    </div>
  )
}
