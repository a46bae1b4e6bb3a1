import { Handshake } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { PageHeader } from '@/components/shell/page-header'
import { EmptyState } from '@/components/ui/empty-state'
import { Identifier } from '@/components/ui/identifier'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { trafficPage } from '@/lib/db/partners/workbench'
import { database } from '@/lib/db/pool'
import { Iccid } from '@/lib/rsp/identifiers'
import { RefreshEvery } from '../../../support/radar/refresh-every'
import { profileAbout } from '../../about'
import { PagesNav } from '../../pages-nav'
import { readCursor, type SearchParameters, writeCursor } from '../../query'
import { TrafficList } from '../../traffic-list'

export const metadata: Metadata = { title: 'What the partner was told' }

const pageSize = 50
const refreshSeconds = 5

interface ProfileTrafficPageProps {
  params: Promise<{ iccid: string }>
  searchParams: Promise<SearchParameters>
}

/** What went to and fro about one profile: also for those who do not see the whole list. */
export default async function ProfileTrafficPage({ params, searchParams }: ProfileTrafficPageProps) {
  const { account } = await requirePage('message:read')
  const { data: iccid } = Iccid.safeParse((await params).iccid)
  if (!iccid) notFound()
  const after = readCursor((await searchParams).after)
  const { entries, next } = await trafficPage(database(), { iccid }, { after, limit: pageSize })
  const path = `/partners/profiles/${iccid}`
  return (
    <>
      <Link href={`/profiles/${iccid}`} className="mb-2 inline-block rounded text-quiet text-sm hover:text-foreground">
        Profile <span className="identifier">{iccid}</span>
      </Link>
      <PageHeader title="What the partner was told" description={profileAbout} />
      <section aria-label="What went to and fro" className="rounded-lg border bg-surface">
        {entries.length > 0 ? (
          <TrafficList entries={entries} mayReplay={may(account.role, 'message:replay')} />
        ) : (
          <EmptyState icon={Handshake} title="No partner asked for this profile, and nobody was told of it.">
            <Identifier value={iccid} what="ICCID" wrap />
          </EmptyState>
        )}
      </section>
      <PagesNav newest={after ? path : undefined} older={next ? `${path}?after=${writeCursor(next)}` : undefined} />
      {after ? null : <RefreshEvery seconds={refreshSeconds} />}
    </>
  )
}
