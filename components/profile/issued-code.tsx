'use client'

import Link from 'next/link'
import { QrCode } from '@/components/qr-code'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { qrText } from '@/lib/rsp/activation-code'

export interface IssuedCode {
  iccid: string
  matchingId: string
  activationCode: string
  /** Address of the customer's page */
  page: string
  state: string
}

interface IssuedCodeViewProps {
  code: IssuedCode
  /** The one that was given or made: shown here and never again */
  confirmationCode: string | undefined
}

/** A code that was just issued: to scan, to copy, and the customer's page. */
export function IssuedCodeView({ code, confirmationCode }: IssuedCodeViewProps) {
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="good" title="The code is issued." live>
        {code.state === 'Released' ? 'A device can download with it now.' : 'Devices are turned away until the order is released.'}
      </Notice>
      {confirmationCode ? (
        <Notice tone="warn" title="Note the confirmation code: it is not shown again.">
          <Identifier value={confirmationCode} what="confirmation code" className="font-semibold text-base" />
        </Notice>
      ) : null}
      <div className="flex flex-col items-center gap-3">
        <QrCode
          text={qrText(code.activationCode)}
          label={`QR code of ${code.activationCode}`}
          className="w-64 max-w-full rounded-md border"
        />
        <Identifier value={code.activationCode} what="activation code" wrap className="max-w-full" />
      </div>
      <dl className="grid gap-2">
        <div>
          <dt className="text-quiet text-xs">Customer’s page</dt>
          <dd className="flex items-center gap-1">
            <span className="identifier min-w-0 flex-1 truncate">{code.page}</span>
            <CopyButton text={code.page} what="link" />
          </dd>
        </div>
      </dl>
      <footer className="flex justify-end">
        <Button asChild variant="primary">
          <Link href={`/profiles/${code.iccid}`}>Open the profile</Link>
        </Button>
      </footer>
    </div>
  )
}
