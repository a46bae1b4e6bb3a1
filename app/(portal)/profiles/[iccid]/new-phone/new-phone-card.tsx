'use client'

import { CircleCheck, LifeBuoy, QrCode, ShieldAlert, Smartphone } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type MouseEvent, useCallback, useEffect, useRef, useState } from 'react'
import { classNames } from '@/components/class-names'
import type { EidPolicy } from '@/components/profile/eid-field'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { MoveVerdict } from '@/lib/orders/reuse/move'
import type { ReuseVerdict } from '@/lib/orders/reuse/policy'
import type { ReturnVerdict } from '@/lib/orders/reuse/return-to-stock'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { LostDialog } from './lost-dialog'
import { MoveDialog, Waiting } from './move-dialog'
import type { Customer } from './next-draft'
import { ReturnToStock } from './return-to-stock'

/** The verdict in short: what may be done, or what first stands in the way. */
function tellVerdict({ allowed, device, reasons }: ReuseVerdict, hadByPhone: boolean): string {
  if (allowed)
    return device === 'same'
      ? 'The policy lets the phone that had it download it once more.'
      : 'The policy lets the customer move to a new phone.'
  const first = reasons.find(({ holds }) => !holds)?.sentence ?? ''
  return hadByPhone ? `The policy does not let it move now. ${first}` : first
}

interface NewPhoneCardProps {
  iccid: string
  state: ProfileState
  type: string
  types: { name: string; live: boolean }[]
  /** What the policy says; undefined where nothing of this can be done */
  facts: MoveVerdict | undefined
  /** What it says of the way back to stock, for what was deleted */
  back: ReturnVerdict | undefined
  customer: Customer
  eidPolicy: EidPolicy
}

type Opened = { dialog: 'move'; facts: MoveVerdict; past: boolean } | { dialog: 'lost'; facts: MoveVerdict }

/** What can be done when a customer's phone changes. Dialogs stay open over the page that changes under them: they show what is shown once. */
export function NewPhoneCard({ iccid, state, type, types, facts, back, customer, eidPolicy }: NewPhoneCardProps) {
  const router = useRouter()
  const [opened, setOpened] = useState<Opened>()
  const opener = useRef<HTMLButtonElement>(null)
  const open = (event: MouseEvent<HTMLButtonElement>, what: Opened) => {
    opener.current = event.currentTarget
    setOpened(what)
  }
  const close = useCallback(() => {
    setOpened(undefined)
    router.refresh()
  }, [router])
  // Whoever goes by keyboard is back where they were; a dialog without a trigger of its own does not see to it.
  useEffect(() => {
    if (!opened) opener.current?.focus()
  }, [opened])
  const verdict = facts?.openMove?.verdict ?? facts?.verdict
  const hadByPhone = state === 'Installed' || state === 'Error'
  const [Icon, tone] = facts?.openMove ? [QrCode, 'text-info'] : verdict?.allowed ? [CircleCheck, 'text-good'] : [ShieldAlert, 'text-warn']

  return (
    <>
      {facts && verdict ? (
        <Card title="New phone">
          <div className="flex flex-col gap-4">
            <p className="flex gap-2">
              <Icon className={classNames('mt-0.5 size-4 shrink-0', tone)} aria-hidden />
              <span>
                {facts.openMove ? (
                  <>
                    A code for the new phone was made <RelativeTime at={facts.openMove.createdAt} />, and no phone has used it yet.
                  </>
                ) : (
                  tellVerdict(verdict, hadByPhone)
                )}
              </span>
            </p>
            {back && !back.allowed ? <p className="text-quiet">{back.sentence}</p> : null}
            {facts.waiting ? <Waiting waiting={facts.waiting} /> : null}
            <footer className="flex flex-wrap gap-2">
              {hadByPhone || facts.openMove ? (
                <Button
                  variant={verdict.allowed && !facts.openMove ? 'primary' : 'outline'}
                  onClick={event => open(event, { dialog: 'move', facts, past: false })}
                >
                  <Smartphone aria-hidden /> {facts.openMove ? 'Another code for the new phone' : 'Move to a new phone'}
                </Button>
              ) : null}
              <Button onClick={event => open(event, { dialog: 'lost', facts })}>
                <LifeBuoy aria-hidden /> Lost or broken phone
              </Button>
              {back?.allowed ? <ReturnToStock iccid={iccid} /> : null}
            </footer>
          </div>
        </Card>
      ) : null}
      {opened?.dialog === 'move' ? (
        <MoveDialog
          iccid={iccid}
          type={type}
          facts={opened.facts}
          customer={customer}
          eidPolicy={eidPolicy}
          pastPolicy={opened.past}
          onLost={() => setOpened({ dialog: 'lost', facts: opened.facts })}
          onClose={close}
        />
      ) : null}
      {opened?.dialog === 'lost' ? (
        <LostDialog
          iccid={iccid}
          type={type}
          types={types}
          customer={customer}
          eidPolicy={eidPolicy}
          maySameAgain={hadByPhone}
          onSameAgain={() => setOpened({ dialog: 'move', facts: opened.facts, past: true })}
          onClose={close}
        />
      ) : null}
    </>
  )
}
