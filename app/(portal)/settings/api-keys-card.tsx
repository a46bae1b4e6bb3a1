'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import type { ApiKey } from '@/lib/accounts/api-keys'
import { endKey, type MadeKey } from './api-keys-actions'
import { MakeApiKey } from './make-api-key'

const Use = ({ lastUsedAt, lastUsedFrom }: ApiKey) =>
  lastUsedAt ? (
    <>
      last used <RelativeTime at={lastUsedAt} />
      {lastUsedFrom ? ` from ${lastUsedFrom}` : ''}
    </>
  ) : (
    'never used'
  )

/** What has ended a key, or will. */
function End({ of: { revokedAt, revokedBy, expiresAt }, now }: { of: ApiKey; now: Date }) {
  if (revokedAt)
    return (
      <>
        {' '}
        · revoked <RelativeTime at={revokedAt} /> by {revokedBy}
      </>
    )
  if (!expiresAt) return null
  return (
    <>
      {' '}
      · {expiresAt <= now ? 'ended' : 'ends'} <RelativeTime at={expiresAt} />
    </>
  )
}

interface ApiKeysCardProps {
  keys: ApiKey[]
  now: Date
  mayChange: boolean
}

/** The keys that scripts come with. */
export function ApiKeysCard({ keys, now, mayChange }: ApiKeysCardProps) {
  const router = useRouter()
  const [made, setMade] = useState<MadeKey>()
  const onMade = useCallback(
    (key: MadeKey) => {
      setMade(key)
      router.refresh()
    },
    [router],
  )
  const ended = useCallback(
    ({ name }: { name: string }) => {
      toast.success(`The key ${name} is revoked.`)
      setMade(shown => (shown?.name === name ? undefined : shown))
      router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(endKey, ended)
  return (
    <Card
      title="API keys"
      description="What scripts send in place of a sign-in: Authorization: Bearer slw_…"
      actions={mayChange ? <MakeApiKey onMade={onMade} /> : null}
    >
      <div className="flex flex-col gap-3">
        {made ? (
          <Notice tone="good" title={`Keep the key for ${made.name} now: it is not shown again.`} live>
            <Identifier value={made.key} what="API key" wrap />
          </Notice>
        ) : null}
        {message ? (
          <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live>
            {message}
          </Notice>
        ) : null}
        {keys.length === 0 ? <p className="text-quiet">There are none.</p> : null}
        <ul aria-label="API keys" className="-my-2 divide-y empty:hidden">
          {keys.map(key => {
            const over = key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)
            return (
              <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2">
                <div className="min-w-0 flex-1 basis-60">
                  <p className="break-words font-medium">
                    <span className={over ? 'text-quiet line-through' : undefined}>{key.name}</span>{' '}
                    <span className="identifier font-normal text-quiet text-xs">{key.start}…</span>
                  </p>
                  <p className="break-words text-quiet text-xs">
                    <Use {...key} /> · made <RelativeTime at={key.createdAt} /> by {key.createdBy}
                    <End of={key} now={now} />
                  </p>
                </div>
                <span className="text-quiet">{key.role}</span>
                {mayChange && !key.revokedAt ? (
                  <ConfirmDialog
                    trigger={
                      <Button size="sm" variant="ghost" className="text-bad" disabled={pending} aria-label={`Revoke ${key.name}`}>
                        Revoke
                      </Button>
                    }
                    title={`Revoke the key ${key.name}?`}
                    description="Whatever uses it is refused from then on. This cannot be undone; a new key can be made at any time."
                    confirm="Revoke"
                    keep="Keep it"
                    pending={pending}
                    onConfirm={() => run({ id: key.id })}
                  />
                ) : null}
              </li>
            )
          })}
        </ul>
      </div>
    </Card>
  )
}
