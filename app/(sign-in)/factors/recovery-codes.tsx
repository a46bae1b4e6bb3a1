'use client'

import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Notice } from '@/components/ui/notice'

/** Recovery codes, the one time that they are shown. */
export function RecoveryCodes({ codes }: { codes: string[] }) {
  const text = `${codes.join('\n')}\n`
  const save = () => {
    const url = URL.createObjectURL(new Blob([`Recovery codes of Slipway. Each opens once.\n\n${text}`], { type: 'text/plain' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: 'slipway-recovery-codes.txt' })
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <div className="flex flex-col gap-3">
      <Notice tone="warn" title="Keep these recovery codes where your phone is not." live>
        Each of them opens your account once in place of the second factor. They are not shown again.
      </Notice>
      <ul
        className="grid grid-cols-1 gap-x-6 gap-y-1 rounded-md border bg-muted px-4 py-3 font-mono text-sm sm:grid-cols-2"
        aria-label="Recovery codes"
      >
        {codes.map(code => (
          <li key={code} className="whitespace-nowrap tabular-nums">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex items-center gap-2">
        <Button size="sm" onClick={save}>
          <Download aria-hidden /> Save as a file
        </Button>
        <CopyButton text={text} what="recovery codes" />
      </div>
    </div>
  )
}
