import { ArrowLeft, Handshake } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Identifier } from '@/components/ui/identifier'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { listTypes } from '@/lib/inventory/types'
import { listPartners } from '@/lib/partners/partner'
import { about } from './about'
import { NewPartner } from './new-partner'
import { PartnerRow } from './partner-row'

export const metadata: Metadata = { title: 'Partners' }

export default async function PartnersPage() {
  const { account, actor } = await requirePage('partner:read')
  const db = database()
  const mayChange = may(account.role, 'partner:write')
  const [partners, types] = await Promise.all([listPartners(db, actor), mayChange ? listTypes(db) : []])
  const { smdpAddress, es2Port } = env()
  const { hostname } = new URL(`https://${smdpAddress}`)
  const add = mayChange ? <NewPartner types={types.map(({ id, name }) => ({ id, name }))} /> : null
  const now = new Date()
  return (
    <>
      <Link href="/settings" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Settings
      </Link>
      <PageHeader title="Partners" description={about} actions={partners.length > 0 ? add : null} />
      <div className="flex max-w-5xl flex-col gap-4">
        <Card>
          {partners.length === 0 ? (
            <EmptyState icon={Handshake} title="There are no partners." action={add}>
              Add an operator’s system with its certificate, and it can order profiles here without anybody’s click.
            </EmptyState>
          ) : (
            <ul aria-label="Partners" className="-my-3 divide-y">
              {partners.map(partner => (
                <PartnerRow key={partner.id} partner={partner} now={now} />
              ))}
            </ul>
          )}
        </Card>
        <Card title="Where they call">
          <Identifier value={`https://${hostname}:${es2Port}/gsma/rsp2/es2plus/`} what="address" wrap />
          <p className="mt-2 text-quiet text-sm">
            By TLS with their client certificate: downloadOrder, confirmOrder, cancelOrder and releaseProfile. Where TLS ends at a proxy in
            front of this server, they call the proxy’s address.
          </p>
        </Card>
      </div>
    </>
  )
}
