'use client'

import { BellPlus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { dateWords } from '@/components/time-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { CallbackRow } from '@/lib/db/partners/callback-rows'
import type { CertificateFacts } from '@/lib/partners/certificate'
import { POINT_NAMES, POINTS } from '@/lib/partners/notification-points'
import { dropCallback, holdCallback } from '../actions'
import { CallbackState } from '../callback-state'
import { CallbackForm } from './callback-form'

interface CallbackCardProps {
  id: string
  callback: CallbackRow | null
  trusted: CertificateFacts | undefined
  shown: CertificateFacts | undefined
  mayChange: boolean
}

const certificateWords = (facts: CertificateFacts | undefined, otherwise: string): string =>
  facts ? `${facts.subject} (ends ${dateWords(facts.notAfter)})` : otherwise

function Told({
  callback,
  trusted,
  shown,
}: {
  callback: CallbackRow
  trusted: CertificateFacts | undefined
  shown: CertificateFacts | undefined
}) {
  const { url, points, lastSuccessAt, lastFailureAt, lastFailure, failures, nextTryAt } = callback
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2 [&_dt]:text-quiet [&_dt]:text-xs">
      <div className="sm:col-span-2">
        <dt>Address</dt>
        <dd>
          <Identifier value={url} what="address" wrap />
        </dd>
      </div>
      {url.startsWith('https:') ? (
        <>
          <div>
            <dt>Its server is known by</dt>
            <dd className="break-words">{certificateWords(trusted, 'A public CA')}</dd>
          </div>
          <div>
            <dt>This server shows there</dt>
            <dd className="break-words">{certificateWords(shown, 'Its own TLS certificate (CERT.DPtls)')}</dd>
          </div>
        </>
      ) : null}
      <div className="sm:col-span-2">
        <dt>It is told</dt>
        <dd>
          <ul>
            {POINT_NAMES.filter(name => points[name] !== undefined).map(name => (
              <li key={name} className="flex gap-2">
                <span className="identifier w-10 shrink-0 text-right">{points[name]}</span>
                {POINTS[name].meaning}
              </li>
            ))}
          </ul>
          {Object.keys(points).length === 0 ? 'Nothing: no point is wanted.' : null}
        </dd>
      </div>
      <div>
        <dt>Last taken</dt>
        <dd>{lastSuccessAt ? <RelativeTime at={lastSuccessAt} /> : 'Nothing yet'}</dd>
      </div>
      {failures > 0 && lastFailureAt ? (
        <div>
          <dt>Last failure</dt>
          <dd className="break-words">
            <RelativeTime at={lastFailureAt} />
            {lastFailure ? `: ${lastFailure}` : ''}
            {nextTryAt ? (
              <>
                {' '}
                Next try <RelativeTime at={nextTryAt} />.
              </>
            ) : null}
          </dd>
        </div>
      ) : null}
    </dl>
  )
}

/** Where a partner is told how downloads go. */
export function CallbackCard({ id, callback, trusted, shown, mayChange }: CallbackCardProps) {
  const router = useRouter()
  const [editing, setEditing] = useState(false)
  const told = (sentence: string) => {
    toast.success(sentence)
    router.refresh()
  }
  const saved = () => {
    setEditing(false)
    told('The callback is saved.')
  }
  const held = useCallback(
    ({ paused }: { paused: boolean }) => {
      toast.success(paused ? 'Messages wait until you let them go on.' : 'Messages go out again.')
      router.refresh()
    },
    [router],
  )
  const dropped = useCallback(() => {
    toast.success('The callback is removed.')
    router.refresh()
  }, [router])
  const hold = useAction(holdCallback, held)
  const drop = useAction(dropCallback, dropped)
  const busy = hold.pending || drop.pending
  const message = hold.message || drop.message
  return (
    <Card
      title="Callback"
      description="Where it is told how downloads go (handleDownloadProgressInfo)."
      actions={<CallbackState callback={callback} />}
    >
      {editing ? (
        <CallbackForm id={id} callback={callback} trusted={trusted} shown={shown} onSaved={saved} onLeave={() => setEditing(false)} />
      ) : callback ? (
        <div className="flex flex-col gap-4">
          {message ? (
            <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
              {message}
            </Notice>
          ) : null}
          <Told callback={callback} trusted={trusted} shown={shown} />
          {mayChange ? (
            <footer className="flex flex-wrap gap-2">
              <Button disabled={busy} onClick={() => setEditing(true)}>
                Change
              </Button>
              <Button disabled={busy} onClick={() => hold.run({ id, paused: callback.pausedAt === null })}>
                {callback.pausedAt ? 'Let messages go on' : 'Hold messages back'}
              </Button>
              <ConfirmDialog
                trigger={
                  <Button variant="ghost" className="text-bad" disabled={busy}>
                    Remove
                  </Button>
                }
                title="Remove the callback?"
                description="The partner is told nothing any more, and what waits now is told nobody. It can go on ordering."
                confirm="Remove"
                keep="Keep it"
                pending={drop.pending}
                onConfirm={() => drop.run({ id })}
              />
            </footer>
          ) : null}
        </div>
      ) : (
        <EmptyState
          icon={BellPlus}
          title="It is told nothing."
          action={
            mayChange ? (
              <Button variant="primary" onClick={() => setEditing(true)}>
                Set up a callback
              </Button>
            ) : null
          }
        >
          With a callback it hears of every step of a download, in order, as often as it takes until it has answered.
        </EmptyState>
      )}
    </Card>
  )
}
