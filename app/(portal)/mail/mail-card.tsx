import { ArrowRight } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { countKeptMails } from '@/lib/db/outbox-rows'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'

/** For the settings: whether mail leaves this server, and the way to the outbox. */
export async function MailCard() {
  const { mail } = env()
  const kept = await countKeptMails(database())
  return (
    <Card
      title="Mail"
      actions={
        <Button asChild size="sm">
          <Link href="/mail">
            Outbox <ArrowRight aria-hidden />
          </Link>
        </Button>
      }
    >
      {mail ? (
        <p>
          Goes out through{' '}
          <span className="identifier break-all">
            {mail.host}:{mail.port}
          </span>{' '}
          and comes from <span className="identifier break-all">{mail.from.address}</span>.
        </p>
      ) : (
        <p>No mail server is set (SMTP_URL, MAIL_FROM), so mail is kept in the outbox.</p>
      )}
      {kept > 0 ? <p className="mt-1 text-quiet">{kept === 1 ? 'One mail was' : `${kept} mails were`} not sent.</p> : null}
    </Card>
  )
}
