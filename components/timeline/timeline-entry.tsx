'use client'

import { Ban, Check, CircleAlert, CircleCheck, Eye, type LucideIcon, Smartphone, TriangleAlert, UserRound } from 'lucide-react'
import { classNames } from '@/components/class-names'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { TONE_CLASSES, type Tone } from '@/components/ui/tone'
import { isExchangeKind } from '@/lib/rsp/decode/exchange-kinds'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { type SentenceTone, tell, tellActor } from '@/lib/rsp/timeline/sentences'
import { ExchangeDetails } from './exchange-details'
import { eventFacts, hidesDevice } from './facts'
import { useLookedAt } from './use-looked-at'

const looks: Record<SentenceTone, { tone: Tone; icon: LucideIcon; word: string }> = {
  good: { tone: 'good', icon: CircleCheck, word: 'Success' },
  plain: { tone: 'info', icon: Check, word: 'Done' },
  warn: { tone: 'warn', icon: TriangleAlert, word: 'Attention' },
  bad: { tone: 'bad', icon: CircleAlert, word: 'Refused or failed' },
}

const mono = new Set(['EID', 'transactionId', 'Matching ID', 'IMEI', 'TAC'])

interface TimelineEntryProps {
  iccid: string
  event: TimelineEvent
  fresh: boolean
  /** Whole EIDs and IMEIs are shown to whoever looks when they ask for them. */
  mayReveal: boolean
}

/** One step: the sentence, why, who and when; the facts unfold, and the request of a device with its answer. */
export function TimelineEntry({ iccid, event: given, fresh, mayReveal }: TimelineEntryProps) {
  const { exchange, event: whole, pending, problem, load, reveal } = useLookedAt(iccid, given.id)
  const event = whole ?? given
  const { tone, title, lines, code } = tell(event)
  const look = looks[tone]
  const Icon = event.kind === 'cancelOrder' && event.outcome === 'ok' ? Ban : look.icon
  const Actor = event.actor === 'device' ? Smartphone : UserRound
  const facts = eventFacts(event)
  return (
    <li className={classNames('group relative flex gap-3 pb-5 last:pb-0', fresh && 'animate-rise-in')}>
      <span className="absolute top-7 bottom-0 left-3.5 w-px bg-border group-last:hidden" aria-hidden />
      <span className={classNames('z-10 flex size-7 shrink-0 items-center justify-center rounded-full', TONE_CLASSES[look.tone])}>
        <Icon className="size-4" aria-hidden />
        <span className="sr-only">{look.word}:</span>
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <p className="font-medium">
          {title}
          {code ? (
            <span className="ml-2 whitespace-nowrap font-normal text-quiet text-xs tabular-nums" title="Subject and reason code of SGP.22">
              {code}
            </span>
          ) : null}
        </p>
        {lines.map(line => (
          <p key={line} className="text-quiet">
            {line}
          </p>
        ))}
        <div className="mt-0.5 flex flex-wrap items-center gap-x-3 text-quiet text-xs">
          <p className="flex items-center gap-1.5">
            <Actor className="size-3.5 shrink-0" aria-hidden />
            <span className="break-all">{tellActor(event.actor)}</span>
            <span aria-hidden>·</span>
            <RelativeTime at={event.at} />
          </p>
          {facts.length > 0 ? (
            <details className="max-w-full open:w-full">
              <summary className="w-fit rounded hover:text-foreground">Details</summary>
              <dl className="mt-1 mb-1 grid grid-cols-1 gap-x-6 gap-y-1 rounded-md bg-muted px-3 py-2 text-foreground sm:grid-cols-[auto_1fr]">
                {facts.map(({ label, value }) => (
                  <div key={label} className="contents">
                    <dt className="text-quiet">{label}</dt>
                    <dd className={classNames('min-w-0 break-all', mono.has(label) && 'identifier')}>{value}</dd>
                  </div>
                ))}
              </dl>
            </details>
          ) : null}
          {isExchangeKind(event.kind) ? <ExchangeDetails exchange={exchange} pending={pending} problem={problem} onOpen={load} /> : null}
          {mayReveal && hidesDevice(event) ? (
            <Button
              size="sm"
              variant="ghost"
              className="-my-1.5 h-7 px-1.5 text-xs"
              disabled={pending}
              title="Who looks is on the audit"
              onClick={reveal}
            >
              <Eye aria-hidden /> Show EID and IMEI
            </Button>
          ) : null}
        </div>
        {problem ? (
          <p role="alert" className="text-bad text-xs">
            {problem}
          </p>
        ) : null}
      </div>
    </li>
  )
}
