'use client'

import { Check, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { decide } from './actions'

type Decision = 'approved' | 'declined' | 'withdrawn'

const said: Record<Decision, string> = {
  approved: 'Approved.',
  declined: 'Declined.',
  withdrawn: 'Taken back.',
}

interface DecideButtonsProps {
  approvalId: string
  /** What it is about, for the buttons' names */
  about: string
  /** Who looks at this asked for it themselves. */
  mine: boolean
}

export function DecideButtons({ approvalId, about, mine }: DecideButtonsProps) {
  const router = useRouter()
  const [code, setCode] = useState<string>()
  const done = useCallback(
    ({ decision, confirmationCode }: { decision: Decision; confirmationCode?: string }) => {
      toast.success(said[decision])
      // The page without this request would take the code away.
      if (confirmationCode) setCode(confirmationCode)
      else router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(decide, done)
  const button = (decision: Decision) => ({ disabled: pending, onClick: () => run({ approvalId, decision }) })
  if (code)
    return (
      <Notice tone="warn" title="Note the confirmation code: it is not shown again." live>
        <div className="flex flex-wrap items-center gap-2">
          <Identifier value={code} what="confirmation code" className="font-semibold text-base" />
          <Button size="sm" onClick={() => router.refresh()}>
            I have it
          </Button>
        </div>
      </Notice>
    )
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {mine ? (
          <Button size="sm" aria-label={`Take back: ${about}`} {...button('withdrawn')}>
            Take it back
          </Button>
        ) : (
          <>
            <Button size="sm" variant="primary" aria-label={`Approve: ${about}`} {...button('approved')}>
              <Check aria-hidden /> Approve
            </Button>
            <Button size="sm" aria-label={`Decline: ${about}`} {...button('declined')}>
              <X aria-hidden /> Decline
            </Button>
          </>
        )}
      </div>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was decided.', message)} live>
          {message}
        </Notice>
      ) : null}
    </div>
  )
}
