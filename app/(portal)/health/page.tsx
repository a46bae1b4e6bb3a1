import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { HealthBoard } from './health-board'
import { healthSnapshot } from './snapshot'

export const metadata: Metadata = { title: 'Health' }

export default async function HealthPage() {
  await requirePage('settings:read')
  return (
    <>
      <PageHeader title="Health" description="How busy this server is, whom it turns away, and what will need attention." />
      <HealthBoard initial={await healthSnapshot(database(), new Date())} />
    </>
  )
}
