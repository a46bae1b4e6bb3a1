'use client'

import { FlaskConical, ShieldCheck } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import type { EidPolicy } from '@/lib/orders/eid-policy'
import { setEidPolicy } from './eid-actions'

const POLICIES = {
  refuse: {
    badge: { tone: 'good', icon: ShieldCheck, word: 'Refused' },
    about: 'An EID whose last two digits do not fit the rest is refused, typed or in a file: one digit is mistyped.',
    other: 'warn',
    change: 'Warn only',
    said: 'EIDs with wrong check digits are taken now, with a warning.',
  },
  warn: {
    badge: { tone: 'warn', icon: FlaskConical, word: 'Warned of' },
    about: 'An EID whose last two digits do not fit the rest is taken, with a warning, as a test laboratory needs it.',
    other: 'refuse',
    change: 'Refuse them',
    said: 'EIDs with wrong check digits are refused from now on.',
  },
} as const

/** What becomes of EIDs with wrong check digits. */
export function EidCard({ policy, mayChange }: { policy: EidPolicy; mayChange: boolean }) {
  const router = useRouter()
  const done = useCallback(
    (kept: { policy: EidPolicy }) => {
      toast.success(POLICIES[kept.policy === 'warn' ? 'refuse' : 'warn'].said)
      router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(setEidPolicy, done)
  const { badge, about, other, change } = POLICIES[policy]
  return (
    <Card
      title="EIDs with wrong check digits"
      actions={
        <div className="flex items-center gap-3">
          <Badge {...badge} />
          {mayChange ? (
            <Button size="sm" disabled={pending} onClick={() => run({ policy: other })}>
              {change}
            </Button>
          ) : null}
        </div>
      }
    >
      <p>{about}</p>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="mt-3">
          {message}
        </Notice>
      ) : null}
    </Card>
  )
}
