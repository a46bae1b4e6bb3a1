'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import { testEndpoint } from '../../partners/actions'
import { CallbackState } from '../partners/callback-state'
import { endWebhook, holdWebhook, type MadeSecret, newSecret } from './actions'
import { EditWebhook } from './edit-webhook'
import type { ShownWebhook } from './webhook-draft'
import type { WebhookChoices } from './webhook-fields'

/** What it is told, and of whose orders, in one line. */
function toldWords({ events, typeIds, partnerId }: ShownWebhook, { types, partners }: WebhookChoices): string {
  const what = events.length === 0 ? 'every event' : events.join(', ')
  const of = typeIds ? types.filter(({ id }) => typeIds.includes(id)).map(({ name }) => name) : undefined
  const ofTypes = of === undefined ? '' : of.length > 0 ? ` of ${of.join(', ')}` : ` of ${countWords(typeIds?.length ?? 0, 'type')}`
  const whose = partnerId ? `, only orders of ${partners.find(({ id }) => id === partnerId)?.name ?? 'a partner that was removed'}` : ''
  return `${what}${ofTypes}${whose}`
}

interface WebhookRowProps {
  webhook: ShownWebhook
  choices: WebhookChoices
  mayChange: boolean
  mayTest: boolean
  onSecret: (made: MadeSecret) => void
}

/** One webhook and what can be done with it. */
export function WebhookRow({ webhook, choices, mayChange, mayTest, onSecret }: WebhookRowProps) {
  const router = useRouter()
  const { id, name, url, createdAt, createdBy, lastSuccessAt, pausedAt } = webhook
  const refresh = useCallback(() => router.refresh(), [router])
  const tested = useCallback(() => toast.success('A test is on its way. It stands in the list of what was told.'), [])
  const held = useCallback(
    ({ paused }: { paused: boolean }) => {
      toast.success(paused ? 'Messages wait until you let them go on.' : 'Messages go out again.')
      router.refresh()
    },
    [router],
  )
  const ended = useCallback(() => {
    toast.success(`${name} is told nothing any more.`)
    router.refresh()
  }, [router, name])
  const test = useAction(testEndpoint, tested)
  const hold = useAction(holdWebhook, held)
  const end = useAction(endWebhook, ended)
  const rotate = useAction(newSecret, onSecret)
  const message = test.message || hold.message || end.message || rotate.message
  const busy = test.pending || hold.pending || end.pending || rotate.pending
  return (
    <li className="flex flex-col gap-2 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="break-words">
            <span className="font-medium">{name}</span> <span className="identifier break-all text-quiet text-xs">{url}</span>
          </p>
          <p className="break-words text-quiet text-xs">{toldWords(webhook, choices)}</p>
          <p className="break-words text-quiet text-xs">
            added <RelativeTime at={createdAt} /> by {createdBy}
            {lastSuccessAt ? (
              <>
                {' '}
                · last taken <RelativeTime at={lastSuccessAt} />
              </>
            ) : null}
          </p>
        </div>
        <CallbackState callback={webhook} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button asChild size="sm">
          <Link href={`/partners?who=webhook:${id}`} prefetch={false} aria-label={`What ${name} was told`}>
            What it was told
          </Link>
        </Button>
        {mayTest ? (
          <Button size="sm" disabled={busy} onClick={() => test.run({ endpointId: id })} aria-label={`Send a test to ${name}`}>
            {test.pending ? 'Sending…' : 'Send a test'}
          </Button>
        ) : null}
        {mayChange ? (
          <>
            <EditWebhook webhook={webhook} choices={choices} onChanged={refresh} />
            <Button size="sm" disabled={busy} onClick={() => hold.run({ id, paused: pausedAt === null })}>
              {pausedAt ? 'Let messages go on' : 'Hold messages back'}
            </Button>
            <ConfirmDialog
              trigger={
                <Button size="sm" disabled={busy} aria-label={`New secret for ${name}`}>
                  New secret
                </Button>
              }
              title={`Make a new secret for ${name}?`}
              description="Everything is signed with the new one from then on, what waits included. Its system refuses messages until it has the new secret; they are sent again by themselves."
              confirm="Make a new secret"
              keep="Keep the old one"
              pending={rotate.pending}
              onConfirm={() => rotate.run({ id })}
            />
            <ConfirmDialog
              trigger={
                <Button size="sm" variant="ghost" className="text-bad" disabled={busy} aria-label={`Remove ${name}`}>
                  Remove
                </Button>
              }
              title={`Remove the webhook ${name}?`}
              description="It is told nothing any more, and what waits now is told nobody. Its secret is forgotten."
              confirm="Remove"
              keep="Keep it"
              pending={end.pending}
              onConfirm={() => end.run({ id })}
            />
          </>
        ) : null}
      </div>
      {message ? <Notice tone="bad" title={message} live /> : null}
    </li>
  )
}
