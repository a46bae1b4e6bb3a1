'use client'

import { Eye } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Identifier } from '@/components/ui/identifier'
import { useAction } from '@/components/use-action'
import { revealEid } from './eid-actions'

interface DeviceEidProps {
  iccid: string
  /** Whole, or masked to its last four digits for those who do not see it */
  eid: string
  mayReveal: boolean
}

/** The EID of a device; who sees it masked can ask for it, and that is written down. */
export function DeviceEid({ iccid, eid, mayReveal }: DeviceEidProps) {
  const [shown, setShown] = useState<string[]>()
  const done = useCallback(({ eids }: { eids: string[] }) => setShown(eids), [])
  const { run, pending, message } = useAction(revealEid, done)
  const masked = eid.startsWith('•')
  return (
    <span className="inline-flex min-w-0 max-w-full flex-wrap items-center gap-x-2 gap-y-1">
      {(shown ?? [eid]).map(each => (
        <Identifier key={each} value={each} what="EID" wrap />
      ))}
      {masked && mayReveal && !shown ? (
        <Button
          size="sm"
          variant="ghost"
          disabled={pending}
          title="Who looks is on the audit"
          onClick={() => run({ iccid, ending: eid.slice(-4) })}
        >
          <Eye aria-hidden /> {pending ? 'One moment…' : 'Show the EID'}
        </Button>
      ) : null}
      {message ? (
        <span role="alert" className="text-bad text-sm">
          {message}
        </span>
      ) : null}
    </span>
  )
}
