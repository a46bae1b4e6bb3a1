'use client'

import { Mail } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useState } from 'react'
import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { OutboxRow } from '@/lib/db/outbox-rows'
import { sendTest, tryAgain } from './actions'
import { MailItem } from './mail-item'

interface OutboxProps {
  mails: OutboxRow[]
  /** Mails that nobody sends by itself */
  kept: number
  older: string | undefined
  isFirstPage: boolean
  mayChange: boolean
  /** A mail server is set */
  canSend: boolean
}

// What a click set going is most often done by then.
const lookAfterMs = [700, 3_000]

/** The mails that were or will be sent, the newest first. */
export function Outbox({ mails, kept, older, isFirstPage, mayChange, canSend }: OutboxProps) {
  const router = useRouter()
  const [changes, setChanges] = useState(0)
  const changed = useCallback(() => {
    router.refresh()
    setChanges(count => count + 1)
  }, [router])
  useEffect(() => {
    if (changes === 0) return
    const timers = lookAfterMs.map(ms => setTimeout(() => router.refresh(), ms))
    return () => {
      for (const timer of timers) clearTimeout(timer)
    }
  }, [changes, router])
  const testSent = useCallback(
    ({ to }: { to: string }) => {
      toast.success(`A mail to ${to} is on its way.`)
      changed()
    },
    [changed],
  )
  const test = useAction(sendTest, testSent)
  const all = useAction(tryAgain, changed)
  const message = test.message || all.message
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      {mayChange && canSend ? (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={test.pending} onClick={() => test.run({})}>
            Send a mail to myself
          </Button>
          {kept > 0 ? (
            <Button size="sm" disabled={all.pending} onClick={() => all.run({})}>
              {kept === 1 ? 'Send the one that was not sent' : `Send all ${countWords(kept, 'mail')} that were not sent`}
            </Button>
          ) : null}
        </div>
      ) : null}
      {message ? <Notice tone="bad" title={message} live /> : null}
      {mails.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState icon={Mail} title="No mail has been written yet">
            The portal writes one when a customer is sent the link to their eSIM, and when the stock of a type falls below the level that
            its page names.
          </EmptyState>
        </div>
      ) : (
        <ul className="flex flex-col gap-3">
          {mails.map(mail => (
            <li key={mail.id}>
              <MailItem mail={mail} mayChange={mayChange} canSend={canSend} onChanged={changed} />
            </li>
          ))}
        </ul>
      )}
      <nav aria-label="Older and newer" className="flex flex-wrap gap-2">
        {isFirstPage ? null : (
          <Button asChild size="sm">
            <Link href="/mail">Newest</Link>
          </Button>
        )}
        {older ? (
          <Button asChild size="sm">
            <Link href={`/mail?before=${older}`}>Older</Link>
          </Button>
        ) : null}
      </nav>
    </div>
  )
}
