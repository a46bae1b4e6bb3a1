'use client'

import { Download, Eraser } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { StateBadge } from '@/components/profile/state-badge'
import { saveFile } from '@/components/save-file'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { CheckField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import type { SubscriberSummary } from '@/lib/accounts/personal-data/look-up-subscriber'
import type { Subject } from '@/lib/accounts/personal-data/subject'

export interface LookedUp {
  subject: Subject
  summary: SubscriberSummary
}

interface FoundSubscriberProps extends LookedUp {
  mayErase: boolean
  erasing: boolean
  /** Why the last erasure was refused; empty when it was not */
  problem: string
  onErase: (spareLive: boolean) => void
}

const count = (number: number, one: string, many: string): string => `${number.toLocaleString('en')} ${number === 1 ? one : many}`

const failed = 'The file could not be had. Try again; if it stays so, look at the health page.'

/** Takes the file, in words where that fails. */
async function takeExport(subject: Subject): Promise<string> {
  try {
    const answer = await fetch('/api/personal-data/export', { method: 'POST', body: JSON.stringify(subject) })
    if (!answer.ok) {
      const { message } = (await answer.json()) as { message?: string }
      return message ?? failed
    }
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'personal-data.json'
    saveFile(name, 'application/json', await answer.text())
    return ''
  } catch {
    return failed
  }
}

const Facts = ({ summary }: Pick<LookedUp, 'summary'>) => {
  const { eids, emails, msisdns, events, notifications, calls, messages, mails } = summary
  const facts: [string, string[]][] = [
    ['EID', eids],
    ['E-mail', emails],
    ['Phone number', msisdns],
    [
      'Held',
      [
        count(events, 'timeline entry', 'timeline entries'),
        count(notifications, 'notification', 'notifications'),
        count(calls, 'call of a partner', 'calls of partners'),
        count(messages, 'message to a partner', 'messages to partners'),
        count(mails, 'mail', 'mails'),
      ],
    ],
  ]
  return (
    <dl className="mt-3 grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-[8rem_1fr]">
      {facts.map(([term, values]) => (
        <div key={term} className="contents">
          <dt className="text-quiet">{term}</dt>
          <dd className="-mt-2 min-w-0 break-words tabular-nums sm:mt-0">{values.length > 0 ? values.join(', ') : 'none'}</dd>
        </div>
      ))}
    </dl>
  )
}

const Sentences = ({ sentences }: { sentences: readonly string[] }) => (
  <ul className="list-disc space-y-1 pl-5">
    {sentences.map(sentence => (
      <li key={sentence}>{sentence}</li>
    ))}
  </ul>
)

/** What is held about a subscriber, with the file of it and its erasure. */
export function FoundSubscriber({ subject, summary, mayErase, erasing, problem, onErase }: FoundSubscriberProps) {
  const [taking, setTaking] = useState(false)
  const [failure, setFailure] = useState('')
  const [spareLive, setSpareLive] = useState(false)
  if (!summary.found)
    return (
      <Notice tone="info" title="Nothing is held about them." live className="mt-4">
        No order, no device and no mail knows this. Check what you typed, or try another of their identifiers.
      </Notice>
    )
  const needed = summary.needed.length > 0
  return (
    <section aria-label="What is held" className="mt-5 border-t pt-4">
      {summary.profiles.length > 0 ? (
        <ul className="space-y-1.5">
          {summary.profiles.map(({ iccid, state, orders }) => (
            <li key={iccid} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link href={`/profiles/${iccid}`} className="font-medium tabular-nums underline-offset-2 hover:underline">
                {iccid}
              </Link>
              <StateBadge state={state} />
              <span className="text-quiet">{count(orders, 'order', 'orders')}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-quiet">No profile was theirs.</p>
      )}
      <Facts summary={summary} />
      {needed ? (
        <Notice tone="warn" title="Not all of it can be erased yet." className="mt-4">
          <Sentences sentences={summary.needed} />
          {mayErase ? (
            <CheckField
              className="mt-3"
              label="Erase everything but what this needs"
              hint="The rest can be erased once the order, or the installation, has ended."
              checked={spareLive}
              onChange={setSpareLive}
            />
          ) : null}
        </Notice>
      ) : null}
      <div className="mt-4 flex flex-wrap gap-2">
        <Button
          disabled={taking}
          onClick={async () => {
            setTaking(true)
            setFailure(await takeExport(subject))
            setTaking(false)
          }}
        >
          <Download aria-hidden /> {taking ? 'Writing the file …' : 'Export as a file'}
        </Button>
        {mayErase ? (
          <ConfirmDialog
            trigger={
              <Button variant="danger" disabled={erasing || (needed && !spareLive)}>
                <Eraser aria-hidden /> {erasing ? 'Erasing …' : 'Erase …'}
              </Button>
            }
            title="Erase this subscriber’s personal data?"
            description={
              <div className="space-y-2">
                <p>This cannot be taken back. An export that they are owed has to be taken first.</p>
                <p className="font-medium text-foreground">Erased:</p>
                <Sentences
                  sentences={[
                    'EIDs and IMEIs on orders, timelines and notifications, and in what partners asked and are told, with what the eUICC signed',
                    'e-mail addresses, and mails to them',
                    'phone numbers of subscriptions that are over',
                    'what the audit tells of these values; its rows and their proof stay',
                  ]}
                />
                <p className="font-medium text-foreground">Stays:</p>
                <Sentences
                  sentences={[
                    'profiles, orders, states and moments, so that the books still add up',
                    ...summary.stays,
                    ...(needed ? summary.needed : []),
                  ]}
                />
              </div>
            }
            confirm="Erase"
            keep="Keep it"
            pending={erasing}
            onConfirm={() => onErase(spareLive)}
          />
        ) : null}
      </div>
      {failure || problem ? (
        <Notice tone="bad" title={problem ? 'Nothing was erased.' : 'There is no file.'} live className="mt-3">
          {problem || failure}
        </Notice>
      ) : null}
    </section>
  )
}
