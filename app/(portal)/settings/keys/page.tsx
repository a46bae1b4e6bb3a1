import { ArrowLeft } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { approvalRequired } from '@/lib/accounts/approvals/settings'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { vendorNames } from '@/lib/db/batches/vendor-rows'
import { database } from '@/lib/db/pool'
import { listPgpKeys } from '@/lib/inventory/pgp-keys'
import { listTransportKeys } from '@/lib/inventory/transport-keys'
import { about } from './about'
import { PgpCard } from './pgp-card'
import { TransportKeysCard } from './transport-keys-card'

export const metadata: Metadata = { title: 'Keys for files' }

export default async function KeysPage() {
  const { account, actor } = await requirePage('transport:read')
  const db = database()
  const [transportKeys, pgpKeys, vendors, byTwo] = await Promise.all([
    listTransportKeys(db, actor),
    listPgpKeys(db, actor),
    vendorNames(db),
    approvalRequired(db, 'transport-key'),
  ])
  const mayWrite = may(account.role, 'transport:write')
  return (
    <>
      <Link href="/settings" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Settings
      </Link>
      <PageHeader title="Keys for files" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <TransportKeysCard keys={transportKeys} own={account.email} vendors={vendors} byTwo={byTwo} mayWrite={mayWrite} />
        <PgpCard keys={pgpKeys} mayWrite={mayWrite} />
      </div>
    </>
  )
}
