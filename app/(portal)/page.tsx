import type { Metadata } from 'next'
import { Suspense } from 'react'
import { PageHeader } from '@/components/shell/page-header'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { AttemptCards } from './dashboard-parts/attempt-cards'
import { periodOf } from './dashboard-parts/figures'
import { PeriodSwitch } from './dashboard-parts/period-switch'
import { RadarCard } from './dashboard-parts/radar-card'
import { StockCard } from './dashboard-parts/stock-card'
import { WaitingForAttempts, WaitingForStock } from './dashboard-parts/waiting'

export const metadata: Metadata = { title: 'Overview' }

interface OverviewPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function OverviewPage({ searchParams }: OverviewPageProps) {
  const { account } = await requirePage('profile:read')
  const period = periodOf((await searchParams).days)
  return (
    <>
      <PageHeader
        title="Overview"
        description="How downloads go, what is in stock, and what will become a call."
        actions={<PeriodSwitch period={period} />}
      />
      <div className="flex flex-col gap-4">
        <Suspense>
          <RadarCard />
        </Suspense>
        <Suspense key={period} fallback={<WaitingForAttempts />}>
          <AttemptCards period={period} />
        </Suspense>
        <Suspense fallback={<WaitingForStock />}>
          <StockCard mayUpload={may(account.role, 'batch:upload')} />
        </Suspense>
      </div>
    </>
  )
}
