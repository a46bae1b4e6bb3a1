'use client'

import { Archive, ArchiveRestore } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import { restoreChosen, retireChosen } from '../actions'

const WORDS = {
  retire: { action: retireChosen, icon: Archive, verb: 'Retire', done: 'The profile is retired. It can be brought back at any time.' },
  restore: { action: restoreChosen, icon: ArchiveRestore, verb: 'Bring back into stock', done: 'The profile is in stock again.' },
} as const

/** Takes an Available profile out of stock, or brings one back that was retired. Neither loses anything, so nobody is asked twice. */
export function RetireProfile({ iccid, event }: { iccid: string; event: keyof typeof WORDS }) {
  const { action, icon: Icon, verb, done } = WORDS[event]
  const router = useRouter()
  const finish = useCallback(() => {
    toast.success(done)
    router.refresh()
  }, [router, done])
  const { run, pending, message } = useAction(action, finish)
  return (
    <>
      <Button variant={event === 'retire' ? 'ghost' : 'outline'} disabled={pending} onClick={() => run({ iccids: [iccid] })}>
        <Icon aria-hidden /> {pending ? 'One moment…' : verb}
      </Button>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="w-full">
          {message}
        </Notice>
      ) : null}
    </>
  )
}
