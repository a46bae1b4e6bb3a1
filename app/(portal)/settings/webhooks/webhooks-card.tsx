'use client'

import { Webhook } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Identifier } from '@/components/ui/identifier'
import { Notice } from '@/components/ui/notice'
import type { MadeSecret } from './actions'
import { NewWebhook } from './new-webhook'
import type { ShownWebhook } from './webhook-draft'
import type { WebhookChoices } from './webhook-fields'
import { WebhookRow } from './webhook-row'

interface WebhooksCardProps {
  webhooks: ShownWebhook[]
  choices: WebhookChoices
  mayChange: boolean
  mayTest: boolean
}

/** All webhooks; a secret that was just made stands above them until the page is left. */
export function WebhooksCard({ webhooks, choices, mayChange, mayTest }: WebhooksCardProps) {
  const router = useRouter()
  const [made, setMade] = useState<MadeSecret>()
  const onSecret = useCallback(
    (secret: MadeSecret) => {
      setMade(secret)
      router.refresh()
    },
    [router],
  )
  const add = mayChange ? <NewWebhook choices={choices} onMade={onSecret} /> : null
  return (
    <Card title="Who is told" actions={webhooks.length > 0 ? add : null}>
      <div className="flex flex-col gap-3">
        {made ? (
          <Notice tone="good" title={`Keep the secret of ${made.name} now: it is not shown again.`} live>
            <Identifier value={made.secret} what="secret" wrap />
          </Notice>
        ) : null}
        {webhooks.length === 0 ? (
          <EmptyState icon={Webhook} title="There are no webhooks." action={add}>
            With one, a system hears of every order and download as it happens, in order for each profile, as often as it takes until it has
            answered.
          </EmptyState>
        ) : (
          <ul aria-label="Webhooks" className="-my-3 divide-y">
            {webhooks.map(webhook => (
              <WebhookRow
                key={webhook.id}
                webhook={webhook}
                choices={choices}
                mayChange={mayChange}
                mayTest={mayTest}
                onSecret={onSecret}
              />
            ))}
          </ul>
        )}
      </div>
    </Card>
  )
}
