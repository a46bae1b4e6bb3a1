'use client'

import { Eye } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { useAction } from '@/components/use-action'
import type { SubscriberCodes } from '@/lib/inventory/subscriber-codes'
import { showCodes } from './codes-action'

const names = [
  ['pin1', 'PIN'],
  ['puk1', 'PUK'],
  ['pin2', 'PIN2'],
  ['puk2', 'PUK2'],
] as const

const shownMs = 60_000

/** What the subscriber types into the phone; for those who may see it, when they ask, for a minute. */
export function CodesCard({ iccid }: { iccid: string }) {
  const [codes, setCodes] = useState<SubscriberCodes>()
  const { run, pending, message } = useAction(
    showCodes,
    useCallback((shown: SubscriberCodes) => setCodes(shown), []),
  )
  useEffect(() => {
    if (!codes) return
    const timer = setTimeout(() => setCodes(undefined), shownMs)
    return () => clearTimeout(timer)
  }, [codes])
  const known = names.filter(([name]) => codes?.[name])
  return (
    <Card title="PIN and PUK" description="Each view is recorded under your name. Ask who is calling first.">
      <div className="flex flex-col gap-3" aria-live="polite">
        {codes ? (
          <>
            {known.length > 0 ? (
              <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
                {known.map(([name, label]) => (
                  <div key={name}>
                    <dt className="text-quiet text-xs">{label}</dt>
                    <dd>
                      <Identifier value={codes[name] ?? ''} what={label} />
                    </dd>
                  </div>
                ))}
              </dl>
            ) : (
              <p className="text-quiet">The vendor’s file had neither PINs nor PUKs for this profile: those of the template hold.</p>
            )}
            <div>
              <Button size="sm" onClick={() => setCodes(undefined)}>
                Hide
              </Button>
            </div>
          </>
        ) : (
          <div>
            <Button disabled={pending} onClick={() => run({ iccid })}>
              <Eye aria-hidden /> {pending ? 'Opening…' : 'Show PIN and PUK'}
            </Button>
          </div>
        )}
        {message ? <Notice tone="bad" title={message} live /> : null}
      </div>
    </Card>
  )
}
