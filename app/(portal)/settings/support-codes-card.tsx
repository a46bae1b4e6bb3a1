'use client'

import { Eye, EyeOff } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { setCodesForSupport } from './support-codes-action'

/** Whether the support desk sees whole activation codes. */
export function SupportCodesCard({ seen, mayChange }: { seen: boolean; mayChange: boolean }) {
  const router = useRouter()
  const done = useCallback(
    (kept: { seen: boolean }) => {
      toast.success(kept.seen ? 'Support sees whole activation codes now.' : 'Support sees the last four characters of a code now.')
      router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(setCodesForSupport, done)
  return (
    <Card
      title="Activation codes at the support desk"
      actions={
        <div className="flex items-center gap-3">
          <Badge {...(seen ? { tone: 'warn', icon: Eye, word: 'Seen whole' } : { tone: 'good', icon: EyeOff, word: 'Last four only' })} />
          {mayChange ? (
            <Button size="sm" disabled={pending} onClick={() => run({ seen: !seen })}>
              {seen ? 'Hide them' : 'Show them whole'}
            </Button>
          ) : null}
        </div>
      }
    >
      <p>
        {seen
          ? 'Support sees activation codes whole, with their QR codes, and can read them out or send them.'
          : 'Support sees the last four characters of a code. The customer gets the whole code on the page of their link, which support can send.'}
      </p>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="mt-3">
          {message}
        </Notice>
      ) : null}
    </Card>
  )
}
