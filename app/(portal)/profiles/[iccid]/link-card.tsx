'use client'

import { ExternalLink, Link2Off, RefreshCw } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { Language } from '@/lib/customer-page/language'
import { renewCustomerLink, revokeCustomerLink } from './link-actions'
import { MailLink } from './mail-link'

export interface ShownLink {
  /** Undefined once it was revoked */
  url: string | undefined
  createdAt: Date
  mailedAt: Date | null
  openedAt: Date | null
  lastOpenedAt: Date | null
  opens: number
  revokedAt: Date | null
  revokedBy: string | null
}

interface LinkCardProps {
  iccid: string
  link: ShownLink
  customerEmail: string | null
  language: Language | null
  /** Without one, mail waits in the outbox. */
  mailServer: boolean
  mayChange: boolean
}

const Opened = ({ openedAt, lastOpenedAt, opens }: Pick<ShownLink, 'openedAt' | 'lastOpenedAt' | 'opens'>) =>
  openedAt ? (
    <>
      {opens > 1 ? `${countWords(opens, 'time')}, last ` : 'Once, '}
      <RelativeTime at={lastOpenedAt ?? openedAt} />
    </>
  ) : (
    'Not yet'
  )

/** The page on which the customer installs the profile: its link, and whether it was opened. */
export function LinkCard({ iccid, link, customerEmail, language, mailServer, mayChange }: LinkCardProps) {
  const router = useRouter()
  const renewed = useCallback(() => {
    toast.success('There is a new link. The old one is dead.')
    router.refresh()
  }, [router])
  const revoked = useCallback(() => {
    toast.success('The link is dead.')
    router.refresh()
  }, [router])
  const renewal = useAction(renewCustomerLink, renewed)
  const revocation = useAction(revokeCustomerLink, revoked)
  const pending = renewal.pending || revocation.pending
  const message = renewal.message || revocation.message
  const { url } = link

  return (
    <Card title="Customer’s page" description={url ? 'Whoever has this link sees the code: give it to the customer alone.' : undefined}>
      <div className="flex flex-col gap-4">
        {url ? (
          <>
            <p className="flex items-center gap-1 rounded-md border bg-muted/50 py-1 pr-1.5 pl-3">
              <span className="identifier min-w-0 flex-1 truncate" title={url}>
                {url}
              </span>
              <CopyButton text={url} what="link" />
            </p>
            <div className="flex flex-wrap gap-2">
              {mayChange ? (
                <MailLink
                  iccid={iccid}
                  customerEmail={customerEmail}
                  language={language}
                  mailServer={mailServer}
                  again={link.mailedAt !== null}
                />
              ) : null}
              <Button asChild>
                <a href={url} target="_blank" rel="noreferrer">
                  <ExternalLink aria-hidden /> Open
                </a>
              </Button>
            </div>
          </>
        ) : (
          <Notice tone="warn" title="The link is dead.">
            Revoked{link.revokedBy ? ` by ${link.revokedBy}` : ''} {link.revokedAt ? <RelativeTime at={link.revokedAt} /> : null}. Its page
            no longer shows the code.
          </Notice>
        )}
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
          <div>
            <dt className="text-quiet text-xs">Mailed</dt>
            <dd>{link.mailedAt ? <RelativeTime at={link.mailedAt} /> : 'Not yet'}</dd>
          </div>
          <div>
            <dt className="text-quiet text-xs">Opened by a person</dt>
            <dd>
              <Opened {...link} />
            </dd>
          </div>
        </dl>
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        {mayChange ? (
          <footer className="flex flex-wrap gap-2 border-t pt-4">
            {url ? (
              <ConfirmDialog
                trigger={
                  <Button disabled={pending}>
                    <RefreshCw aria-hidden /> {renewal.pending ? 'One moment…' : 'New link…'}
                  </Button>
                }
                title="Make a new link?"
                description="The present link stops working at once, also where it was mailed. The activation code stays as it is."
                confirm="Make a new link"
                keep="Keep this one"
                pending={pending}
                onConfirm={() => renewal.run({ iccid })}
              />
            ) : (
              <Button disabled={pending} onClick={() => renewal.run({ iccid })}>
                <RefreshCw aria-hidden /> {renewal.pending ? 'One moment…' : 'New link'}
              </Button>
            )}
            {url ? (
              <ConfirmDialog
                trigger={
                  <Button variant="ghost" disabled={pending} className="text-bad">
                    <Link2Off aria-hidden /> Revoke
                  </Button>
                }
                title="Revoke the link?"
                description="The customer’s page stops working at once. The activation code itself stays good: cancel the order if it is not to be used. You can make a new link at any time."
                confirm="Revoke"
                keep="Keep it"
                pending={pending}
                onConfirm={() => revocation.run({ iccid })}
              />
            ) : null}
          </footer>
        ) : null}
      </div>
    </Card>
  )
}
