'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { cappedWords, countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import type { EndpointHealth } from '@/lib/db/partners/workbench'
import { CallbackState } from '../settings/partners/callback-state'
import { replayDead, testEndpoint } from './actions'
import { mostCounted } from './most-counted'

/** Where the settings of an endpoint are. */
const settingsOf = ({ kind, partnerId }: EndpointHealth): string =>
  kind === 'webhook' ? '/settings/webhooks' : `/settings/partners/${partnerId}`

/** Who of the filter it is. */
const whoOf = ({ kind, id, partnerId }: EndpointHealth): string => (kind === 'webhook' ? `webhook:${id}` : `partner:${partnerId}`)

function Condition({ endpoint }: { endpoint: EndpointHealth }) {
  const { failures, lastFailure, lastFailureAt, lastSuccessAt, nextTryAt, pausedAt, waiting, oldestWaitingAt } = endpoint
  return (
    <p className="break-words text-quiet text-xs">
      {lastSuccessAt ? (
        <>
          last taken <RelativeTime at={lastSuccessAt} />
        </>
      ) : (
        'nothing taken yet'
      )}
      {failures > 0 && lastFailureAt ? (
        <>
          {' '}
          · failed {countWords(failures, 'time')} in a row, last <RelativeTime at={lastFailureAt} />
          {lastFailure ? `: ${lastFailure}` : ''}
        </>
      ) : null}
      {failures > 0 && nextTryAt && !pausedAt ? (
        <>
          {' '}
          · next try <RelativeTime at={nextTryAt} />
        </>
      ) : null}
      {waiting > 0 ? (
        <>
          {' '}
          · {cappedWords(waiting, mostCounted)} waiting
          {oldestWaitingAt ? (
            <>
              , the oldest since <RelativeTime at={oldestWaitingAt} />
            </>
          ) : null}
        </>
      ) : null}
    </p>
  )
}

interface EndpointRowProps {
  endpoint: EndpointHealth
  mayReplay: boolean
}

/** How the telling goes at one receiver, and what can be done there. */
export function EndpointRow({ endpoint, mayReplay }: EndpointRowProps) {
  const router = useRouter()
  const { id, kind, name, url, dead } = endpoint
  const tested = useCallback(() => {
    toast.success('A test is on its way. It stands in the list below.')
    router.refresh()
  }, [router])
  const replayed = useCallback(
    ({ count }: { count: number }) => {
      toast.success(`${countWords(count, 'message is', 'messages are')} sent again, in order for each profile.`)
      router.refresh()
    },
    [router],
  )
  const test = useAction(testEndpoint, tested)
  const replay = useAction(replayDead, replayed)
  const message = test.message || replay.message
  const deadLetters = `/partners?${new URLSearchParams({ who: whoOf(endpoint), way: 'told', result: 'dead' })}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="break-words">
          <Link href={settingsOf(endpoint)} prefetch={false} className="rounded font-medium text-accent underline underline-offset-2">
            {name}
          </Link>{' '}
          <span className="text-quiet text-xs">{kind === 'webhook' ? 'webhook' : 'callback'}</span>{' '}
          <span className="identifier break-all text-quiet text-xs">{url}</span>
        </p>
        <Condition endpoint={endpoint} />
      </div>
      {dead > 0 ? (
        <Link
          href={deadLetters}
          prefetch={false}
          scroll={false}
          className="rounded text-bad text-sm underline underline-offset-2"
          aria-label={`${cappedWords(dead, mostCounted)} given up for ${name}`}
        >
          {cappedWords(dead, mostCounted)} given up
        </Link>
      ) : null}
      <CallbackState callback={endpoint} />
      {dead > 0 && mayReplay ? (
        <ConfirmDialog
          trigger={
            <Button size="sm" disabled={replay.pending} aria-label={`Send again what was given up for ${name}`}>
              {replay.pending ? 'Setting them free…' : 'Send them again'}
            </Button>
          }
          title={`Send ${cappedWords(dead, mostCounted)} again to ${name}?`}
          description="All that was given up is told once more, the oldest of each profile first. Some of it the receiver may have taken already: then it gets it twice, under the same identifier."
          confirm="Send them again"
          keep="Leave them"
          pending={replay.pending}
          onConfirm={() => replay.run({ endpointId: id })}
        />
      ) : null}
      {mayReplay ? (
        <Button
          size="sm"
          variant="ghost"
          disabled={test.pending}
          onClick={() => test.run({ endpointId: id })}
          aria-label={`Send a test to ${name}`}
        >
          {test.pending ? 'Sending…' : 'Send a test'}
        </Button>
      ) : null}
      {message ? <Notice tone="bad" title={message} live className="w-full" /> : null}
    </li>
  )
}
