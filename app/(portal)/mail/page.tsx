import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { Notice } from '@/components/ui/notice'
import { hidePasswordLinks } from '@/lib/accounts/password-link-mail'
import { may, type Role } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { countKeptMails, listMails, type OutboxRow } from '@/lib/db/outbox-rows'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { fillLinks, hideLinks } from '@/lib/orders/links/link-in-mail'
import { customerLinkKey } from '@/lib/orders/links/link-key'
import { vault } from '@/lib/vault/vault'
import { Outbox } from './outbox'

export const metadata: Metadata = { title: 'Mail' }

const pageSize = 25
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface MailPageProps {
  searchParams: Promise<{ before?: string | string[] }>
}

/** How mail leaves this server, without its password. */
function MailServer() {
  const { mail } = env()
  if (!mail) {
    return (
      <Notice tone="warn" title="No mail server is set, so no mail leaves this server.">
        What would be sent is kept here. To send it, set SMTP_URL (smtp://user:password@host:587) and MAIL_FROM in the server’s environment
        and start it anew.
      </Notice>
    )
  }
  return (
    <p>
      Mail goes out through{' '}
      <span className="identifier break-all">
        {mail.host}:{mail.port}
      </span>{' '}
      and comes from <span className="identifier break-all">{mail.from.address}</span>.
    </p>
  )
}

/**
 * How the links in mails are shown. Where no mail leaves this server, copying one from here is how it reaches the customer; else whoever
 * needs it finds it on the profile's page.
 */
async function linksFor(role: Role): Promise<(mail: Pick<OutboxRow, 'text' | 'sentAt'>) => string> {
  const { mail: server, customerUrl } = env()
  if (server || !may(role, 'link:read')) return ({ text }) => hideLinks(text)
  const links = { key: await customerLinkKey(database(), vault()), baseUrl: customerUrl }
  return ({ text, sentAt }) => (sentAt ? hideLinks(text) : fillLinks(links, text))
}

export default async function MailPage({ searchParams }: MailPageProps) {
  const { account } = await requirePage('settings:read')
  const given = (await searchParams).before
  const before = typeof given === 'string' ? uuid.exec(given)?.[0] : undefined
  const db = database()
  const [mails, kept] = await Promise.all([listMails(db, { before, limit: pageSize + 1 }), countKeptMails(db)])
  const shown = mails.slice(0, pageSize)
  const asRead = await linksFor(account.role)
  return (
    <>
      <PageHeader title="Mail" description="What this portal has sent by e-mail, or would." />
      <div className="mb-4 max-w-3xl">
        <MailServer />
      </div>
      <Outbox
        mails={shown.map(mail => ({ ...mail, text: hidePasswordLinks(asRead(mail)) }))}
        kept={kept}
        older={mails.length > pageSize ? shown.at(-1)?.id : undefined}
        isFirstPage={before === undefined}
        mayChange={may(account.role, 'settings:write')}
        canSend={env().mail !== undefined}
      />
    </>
  )
}
