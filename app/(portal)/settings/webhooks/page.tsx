import { ArrowLeft } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Card } from '@/components/ui/card'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { listTypes } from '@/lib/inventory/types'
import { listPartners } from '@/lib/partners/partner'
import { SUBSCRIBABLE_EVENTS, WEBHOOK_EVENTS } from '@/lib/partners/webhooks/events'
import { listWebhooks } from '@/lib/partners/webhooks/webhook'
import { shownUrl } from '../../partners/shown-url'
import { about } from './about'
import type { WebhookChoices } from './webhook-fields'
import { WebhooksCard } from './webhooks-card'

export const metadata: Metadata = { title: 'Webhooks' }

export default async function WebhooksPage() {
  const { account, actor } = await requirePage('partner:read')
  const db = database()
  const [webhooks, types, partners] = await Promise.all([listWebhooks(db, actor), listTypes(db), listPartners(db, actor)])
  const choices: WebhookChoices = {
    events: SUBSCRIBABLE_EVENTS.map(name => ({ name, meaning: WEBHOOK_EVENTS[name] })),
    types: types.map(({ id, name }) => ({ id, name })),
    partners: partners.map(({ id, name }) => ({ id, name })),
  }
  return (
    <>
      <Link href="/settings" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Settings
      </Link>
      <PageHeader title="Webhooks" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <WebhooksCard
          webhooks={webhooks.map(({ trustedCa, ...each }) => ({
            ...each,
            url: shownUrl(each.url, account.role),
            ownCa: trustedCa !== null,
          }))}
          choices={choices}
          mayChange={may(account.role, 'endpoint:write')}
          mayTest={may(account.role, 'message:replay')}
        />
        <Card title="How a message is known to be ours">
          <p>
            Each carries the header <span className="identifier break-all">Slipway-Signature: t=…,v1=…</span>: the time in seconds, and
            HMAC-SHA-256 of time, a dot and the body, made with the secret. Refuse what does not match, and what is older than some minutes.
          </p>
          <p className="mt-2 text-quiet text-sm">
            A message may come twice: its id is the same then. What is not answered with 2xx is sent again, for three days.
          </p>
        </Card>
      </div>
    </>
  )
}
