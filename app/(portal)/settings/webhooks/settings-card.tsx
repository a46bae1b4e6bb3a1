import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { correspondents } from '@/lib/db/partners/workbench'
import { database } from '@/lib/db/pool'

/** For the settings: which systems are told by webhook, and the way to them. */
export async function WebhooksSettingsCard() {
  const known = await correspondents(database(), new Date())
  const names = known.filter(({ kind, removed }) => kind === 'webhook' && !removed).map(({ name }) => name)
  return (
    <Card
      title="Webhooks"
      actions={
        <Button asChild size="sm">
          <Link href="/settings/webhooks" aria-label="Open webhooks">
            Open <ArrowRight aria-hidden />
          </Link>
        </Button>
      }
    >
      <p className="break-words">
        {names.length === 0
          ? 'No system is told by webhook of orders and downloads.'
          : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} told of orders and downloads.`}
      </p>
    </Card>
  )
}
