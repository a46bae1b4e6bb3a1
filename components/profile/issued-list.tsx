'use client'

import { Download } from 'lucide-react'
import Link from 'next/link'
import { csv, saveFile } from '@/components/csv'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'

export interface IssuedCode {
  iccid: string
  matchingId: string
  activationCode: string
  /** One of its own, that was made for it */
  confirmationCode?: string
}

const shown = 100

/** Codes that were just issued, to copy or to take away as a file. @param confirmationCode the one that was given to all, or nothing */
export function IssuedList({ codes, confirmationCode }: { codes: IssuedCode[]; confirmationCode: string }) {
  const ownCodes = codes.some(code => code.confirmationCode)
  const withCodes = ownCodes || confirmationCode !== ''
  const save = () => {
    const rows = codes.map(code => [
      code.iccid,
      code.matchingId,
      code.activationCode,
      ...(withCodes ? [code.confirmationCode ?? confirmationCode] : []),
    ])
    const header = ['iccid', 'matchingId', 'activationCode', ...(withCodes ? ['confirmationCode'] : [])]
    saveFile(`activation-codes-${new Date().toISOString().slice(0, 10)}.csv`, 'text/csv;charset=utf-8', csv([header, ...rows]))
  }

  return (
    <div className="flex flex-col gap-3">
      <Notice tone="good" title={`${countWords(codes.length, 'code')} issued.`} live>
        A device can download with each of them now.
      </Notice>
      {confirmationCode ? (
        <Notice tone="warn" title="Note the confirmation code: it is not shown again.">
          <Identifier value={confirmationCode} what="confirmation code" className="font-semibold text-base" />
        </Notice>
      ) : null}
      {ownCodes ? (
        <Notice tone="warn" title="Save the confirmation codes now: they are not shown again.">
          The type asks for them, so each order got its own. The file has them all.
        </Notice>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" onClick={save}>
          <Download aria-hidden /> Save as CSV
        </Button>
        <span className="inline-flex items-center gap-1 text-quiet">
          Copy all <CopyButton text={codes.map(code => code.activationCode).join('\n')} what="all activation codes" />
        </span>
      </div>
      <ul className="divide-y rounded-md border">
        {codes.slice(0, shown).map(code => (
          <li key={code.iccid} className="flex flex-col gap-0.5 px-3 py-2">
            <Link href={`/profiles/${code.iccid}`} className="identifier w-fit rounded text-accent hover:underline">
              {code.iccid}
            </Link>
            <Identifier value={code.activationCode} what="activation code" wrap />
            {code.confirmationCode ? (
              <span className="inline-flex items-center gap-1.5 text-quiet">
                Confirmation code <Identifier value={code.confirmationCode} what="confirmation code" className="text-foreground" />
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {codes.length > shown ? <p className="text-quiet">And {numberWords(codes.length - shown)} more: the file has them all.</p> : null}
    </div>
  )
}
