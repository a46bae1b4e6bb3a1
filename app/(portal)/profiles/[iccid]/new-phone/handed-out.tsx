'use client'

import { Mail } from 'lucide-react'
import Link from 'next/link'
import { type ReactNode, useCallback, useState } from 'react'
import { QrCode } from '@/components/qr-code'
import { Button } from '@/components/ui/button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { problemTitle, useAction } from '@/components/use-action'
import type { Issued } from '@/lib/orders/issue'
import { qrText } from '@/lib/rsp/activation-code'
import { mailNextLink } from './actions'

interface HandedOutProps {
  issued: Issued
  title: string
  /** What has become of the code or profile before */
  children: ReactNode
  /** The customer's address on the order, where there is one */
  email: string
  /** The profile that the code is for has a page of its own */
  elsewhere?: boolean
  onDone: () => void
}

/** The code that was just made, to hand out at once: QR code, the customer's page, and what is shown only here. */
export function HandedOut({ issued, title, children, email, elsewhere, onDone }: HandedOutProps) {
  const { iccid, activationCode, confirmationCode, page } = issued
  const [mailed, setMailed] = useState(false)
  const { run, pending, message } = useAction(
    mailNextLink,
    useCallback(() => setMailed(true), []),
  )
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="good" title={title} live>
        {children}
      </Notice>
      {confirmationCode ? (
        <Notice tone="warn" title="Note the confirmation code: it is not shown again.">
          <Identifier value={confirmationCode} what="confirmation code" className="font-semibold text-base" />
        </Notice>
      ) : null}
      {activationCode.includes('•') ? (
        <p>Send the customer the link to their page: it has the code.</p>
      ) : (
        <div className="flex flex-col items-center gap-2">
          <QrCode text={qrText(activationCode)} label={`QR code of ${activationCode}`} className="w-56 max-w-full rounded-md border" />
          <Identifier value={activationCode} what="activation code" wrap className="max-w-full" />
        </div>
      )}
      <dl className="flex flex-col gap-3">
        <div>
          <dt className="text-quiet text-xs">The customer’s page</dt>
          <dd>
            <Identifier value={page} what="link to the customer’s page" wrap />
          </dd>
        </div>
        {elsewhere ? (
          <div>
            <dt className="text-quiet text-xs">New profile</dt>
            <dd>
              <Link href={`/profiles/${iccid}`} className="identifier rounded text-accent underline underline-offset-2">
                {iccid}
              </Link>
            </dd>
          </div>
        ) : null}
      </dl>
      {message ? (
        <Notice tone="bad" title={problemTitle('The link was not mailed.', message)} live>
          {message}
        </Notice>
      ) : null}
      <footer className="flex flex-wrap items-center justify-end gap-2">
        {mailed ? (
          <p role="status" className="mr-auto break-words text-good">
            The link is on its way to {email}.
          </p>
        ) : email ? (
          <Button disabled={pending} onClick={() => run({ iccid })} className="mr-auto min-w-0 max-w-full">
            <Mail aria-hidden /> <span className="truncate">{pending ? 'Mailing…' : `Mail the link to ${email}`}</span>
          </Button>
        ) : null}
        <Button variant="primary" onClick={onDone}>
          Done
        </Button>
      </footer>
    </div>
  )
}
