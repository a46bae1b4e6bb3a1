import { ArrowLeft } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { clocks, FIXED_CLOCKS } from '@/lib/accounts/personal-data/clocks'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { about } from './about'
import { ClocksCard } from './clocks-card'
import { SubscriberCard } from './subscriber-card'

export const metadata: Metadata = { title: 'Personal data' }

export default async function PersonalDataPage() {
  const { account } = await requirePage('settings:read')
  const kept = await clocks(database(), new Date())
  return (
    <>
      <Link href="/settings" className="mb-2 inline-flex items-center gap-1 text-quiet hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden /> Settings
      </Link>
      <PageHeader title="Personal data" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        {may(account.role, 'personal:export') ? <SubscriberCard mayErase={may(account.role, 'personal:erase')} /> : null}
        <ClocksCard clocks={kept} fixed={FIXED_CLOCKS} mayChange={may(account.role, 'settings:write')} />
      </div>
    </>
  )
}
