'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { toast } from 'sonner'
import { numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import type { EntryKind } from '@/lib/db/partners/workbench'
import { lookAt, replayOne } from './actions'
import type { ShownEntry } from './entry'
import { JsonText } from './json-text'

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-quiet text-xs">{label}</dt>
    <dd className="break-words">{children}</dd>
  </div>
)

/** The same call again: what it would be answered, and why nobody here repeats it. */
function Again({ call }: { call: Extract<ShownEntry, { kind: 'call' }> }) {
  return (
    <div className="text-quiet text-sm">
      {call.resent > 0 && call.lastResentAt ? (
        <p>
          It came again {call.resent === 1 ? 'once' : `${numberWords(call.resent)} times`}, last <RelativeTime at={call.lastResentAt} />,
          and got this very answer.
        </p>
      ) : null}
      <p>
        {call.anew
          ? 'This refusal is not remembered: the same call again is tried anew.'
          : 'The same call again, with this functionCallIdentifier and content, is answered with these very words and does nothing twice.'}{' '}
        Only the partner can make its call, so there is nothing to repeat here.
      </p>
    </div>
  )
}

function CallBody({ call }: { call: Extract<ShownEntry, { kind: 'call' }> }) {
  return (
    <>
      {call.refusal ? <Notice tone="bad" title={call.refusal} /> : null}
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        <Fact label="functionCallIdentifier">
          <Identifier value={call.functionCallIdentifier} what="functionCallIdentifier" wrap />
        </Fact>
        <Fact label="From">{call.address ?? 'not known'}</Fact>
        <Fact label="Answered after">{call.durationUs === null ? 'not known' : `${(call.durationUs / 1_000).toFixed(1)} ms`}</Fact>
      </dl>
      <div className="grid gap-4 lg:grid-cols-2">
        <JsonText title="Request" json={call.request} />
        <JsonText title="Answer" json={call.answer} />
      </div>
      <Again call={call} />
    </>
  )
}

function answerWords({ answerStatus, durationMs, failure, attempts }: Extract<ShownEntry, { kind: 'message' }>): string {
  if (attempts === 0) return 'Not sent yet'
  const took = durationMs === null ? '' : `, after ${numberWords(durationMs)} ms`
  if (answerStatus !== null) return `HTTP ${answerStatus}${took}`
  return failure ? 'None' : 'Not known'
}

function MessageBody({ message }: { message: Extract<ShownEntry, { kind: 'message' }> }) {
  const { state, attempts, nextTryAt, sentAt, failure, replayedBy, endpointKind, reachable } = message
  return (
    <>
      {failure && state !== 'sent' ? <Notice tone={state === 'dead' ? 'bad' : 'warn'} title={failure} className="break-words" /> : null}
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        <Fact label="To">
          <Identifier value={message.url} what="address" wrap />
        </Fact>
        <Fact label={endpointKind === 'webhook' ? 'Number of the message' : 'functionCallIdentifier'}>
          <Identifier value={message.functionCallIdentifier} what="identifier" wrap />
        </Fact>
        <Fact label="Answer">{answerWords(message)}</Fact>
        <Fact label="Sent">{attempts === 1 ? 'once' : attempts === 0 ? 'not yet' : `${numberWords(attempts)} times`}</Fact>
        {sentAt ? (
          <Fact label="Taken">
            <RelativeTime at={sentAt} />
          </Fact>
        ) : null}
        {state === 'waiting' ? (
          <Fact label="Next try, not before">
            <RelativeTime at={nextTryAt} />
          </Fact>
        ) : null}
        {replayedBy ? <Fact label="Sent again by">{replayedBy}</Fact> : null}
      </dl>
      <JsonText title={endpointKind === 'webhook' ? 'Event' : 'Request'} json={message.request} />
      {reachable ? null : <p className="text-quiet text-sm">This receiver was removed: it is told nothing any more.</p>}
    </>
  )
}

interface EntryDetailProps {
  kind: EntryKind
  id: string
  iccid: string | null
  mayReplay: boolean
}

/** What was said, read when somebody looks. */
export function EntryDetail({ kind, id, iccid, mayReplay }: EntryDetailProps) {
  const router = useRouter()
  const [entry, setEntry] = useState<ShownEntry>()
  const { run: look, pending, message: problem } = useAction(lookAt, setEntry)
  const replayed = useCallback(() => {
    toast.success('It is sent again.')
    router.refresh()
    look({ kind, id })
  }, [router, look, kind, id])
  const replay = useAction(replayOne, replayed)
  useEffect(() => look({ kind, id }), [look, kind, id])
  return (
    <div className="flex flex-col gap-4 border-t bg-muted/40 px-4 py-3 md:pl-9">
      {problem ? (
        <Notice tone="bad" title={problem} live>
          <Button size="sm" disabled={pending} onClick={() => look({ kind, id })}>
            Try again
          </Button>
        </Notice>
      ) : entry === undefined ? (
        <p role="status" className="text-quiet">
          Reading…
        </p>
      ) : null}
      {entry?.kind === 'call' ? <CallBody call={entry} /> : null}
      {entry?.kind === 'message' ? <MessageBody message={entry} /> : null}
      {replay.message ? <Notice tone="bad" title={replay.message} live /> : null}
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-2 empty:hidden">
        {entry?.kind === 'message' && mayReplay && entry.reachable ? (
          <Button size="sm" disabled={replay.pending} onClick={() => replay.run({ id })}>
            {entry.state === 'waiting' ? 'Try it now' : 'Send it again'}
          </Button>
        ) : null}
        {iccid ? (
          <Link href={`/profiles/${iccid}`} prefetch={false} className="rounded text-accent underline-offset-2 hover:underline">
            Profile <span className="identifier">{iccid}</span>
          </Link>
        ) : null}
      </footer>
    </div>
  )
}
