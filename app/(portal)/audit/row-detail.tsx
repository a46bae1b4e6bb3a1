'use client'

import { Eye } from 'lucide-react'
import Link from 'next/link'
import { useCallback, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import { revealRow } from './actions'
import { detailFacts } from './detail-facts'

interface RowDetailProps {
  id: string
  facts: [string, string][]
  target: string | null
  detail: unknown
  /** EIDs are masked, and whoever looks may ask for them. */
  revealable: boolean
}

const Fact = ({ label, children }: { label: string; children: React.ReactNode }) => (
  <div className="min-w-0">
    <dt className="break-words text-quiet text-xs">{label}</dt>
    <dd className="break-all">{children}</dd>
  </div>
)

const Target = ({ target }: { target: string }) =>
  /^[0-9]{18,20}$/.test(target) ? (
    <Link href={`/profiles/${target}`} prefetch={false} className="identifier rounded text-accent underline-offset-2 hover:underline">
      {target}
    </Link>
  ) : (
    target
  )

/** All that was recorded of one row. */
export function RowDetail({ id, facts, target, detail, revealable }: RowDetailProps) {
  const [whole, setWhole] = useState<{ target: string | null; detail: unknown }>()
  const revealed = useCallback((answer: { target: string | null; detail: unknown }) => setWhole(answer), [])
  const { run, pending, message } = useAction(revealRow, revealed)
  const shown = whole ?? { target, detail }
  return (
    <div className="flex flex-col gap-3 border-t bg-muted/40 px-4 py-3 md:pl-9">
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2 lg:grid-cols-3">
        {facts.map(([label, value]) => (
          <Fact key={label} label={label}>
            {value}
          </Fact>
        ))}
        {shown.target ? (
          <Fact label="On what">
            <Target target={shown.target} />
          </Fact>
        ) : null}
        {detailFacts(shown.detail).map(([label, value]) => (
          <Fact key={label} label={label}>
            {value}
          </Fact>
        ))}
      </dl>
      {message ? <Notice tone="bad" title={message} live /> : null}
      {revealable && !whole ? (
        <Button size="sm" className="self-start" disabled={pending} onClick={() => run({ id })}>
          <Eye aria-hidden /> Show whole EIDs
        </Button>
      ) : null}
    </div>
  )
}
