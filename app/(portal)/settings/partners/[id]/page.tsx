import { ArrowLeft } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { listTypes } from '@/lib/inventory/types'
import { certificateFacts } from '@/lib/partners/certificate'
import { readPartner } from '@/lib/partners/partner'
import { CallbackCard } from './callback-card'
import { CertificatesCard } from './certificates-card'
import { RemovePartner } from './remove-partner'
import { SettingsCard } from './settings-card'

interface PartnerPageProps {
  params: Promise<{ id: string }>
}

export const metadata: Metadata = { title: 'Partner' }

export default async function PartnerPage({ params }: PartnerPageProps) {
  const { account, actor } = await requirePage('partner:read')
  const db = database()
  const partner = await readPartner(db, actor, (await params).id)
  if (!partner) notFound()
  const mayChange = may(account.role, 'partner:write')
  const types = mayChange ? (await listTypes(db)).map(({ id, name }) => ({ id, name })) : partner.types
  const { id, name, version, callback, createdAt, createdBy, lastCallAt } = partner
  return (
    <>
      <Link href="/settings/partners" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Partners
      </Link>
      <PageHeader
        title={<span className="break-words">{name}</span>}
        description={
          <>
            Added <RelativeTime at={createdAt} /> by {createdBy}.{' '}
            {lastCallAt ? (
              <>
                Last call <RelativeTime at={lastCallAt} />.
              </>
            ) : (
              'It has not called yet.'
            )}
          </>
        }
        actions={
          <>
            <Button asChild variant="outline">
              <Link href={`/partners?who=partner:${id}`}>Calls and callbacks</Link>
            </Button>
            {mayChange ? <RemovePartner id={id} name={name} /> : null}
          </>
        }
      />
      <div className="flex max-w-5xl flex-col gap-4">
        <SettingsCard key={version} partner={partner} types={types} mayChange={mayChange} />
        <CertificatesCard id={id} certificates={partner.certificates} now={new Date()} mayChange={mayChange} />
        <CallbackCard
          id={id}
          callback={callback}
          trusted={certificateFacts(callback?.trustedCa ?? null)}
          shown={certificateFacts(callback?.clientCertificate ?? null)}
          mayChange={mayChange}
        />
      </div>
    </>
  )
}
