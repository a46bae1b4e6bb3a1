import type { Metadata } from 'next'
import { PageHeader } from '@/components/shell/page-header'
import { isApprovalKind } from '@/lib/accounts/approvals/kinds'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { countOpenApprovals, readDecidedApprovals, readOpenApprovals } from '@/lib/db/approval-rows'
import { database } from '@/lib/db/pool'
import { about } from './about'
import { DecidedCard } from './decided-card'
import { placeOf, readPlace } from './request-words'
import { WaitingCard } from './waiting-card'

export const metadata: Metadata = { title: 'Approvals' }

const maxWaiting = 100
const pageSize = 25

interface ApprovalsPageProps {
  searchParams: Promise<{ before?: string | string[] }>
}

export default async function ApprovalsPage({ searchParams }: ApprovalsPageProps) {
  const { account } = await requirePage('approval:decide')
  const before = readPlace((await searchParams).before)
  const db = database()
  const [waiting, requests, past, sight] = await Promise.all([
    countOpenApprovals(db),
    readOpenApprovals(db, maxWaiting),
    readDecidedApprovals(db, { before, limit: pageSize + 1 }),
    sightOf(db, account.role),
  ])
  const [open, decided] = [hide(requests, sight), hide(past, sight)]
  const shown = decided.slice(0, pageSize)
  const last = shown.at(-1)
  return (
    <>
      <PageHeader title="Approvals" description={about} />
      <div className="flex max-w-5xl flex-col gap-4">
        <WaitingCard requests={open} waiting={waiting} own={account.email} mayDecide={({ kind }) => isApprovalKind(kind)} />
        <DecidedCard
          requests={shown}
          older={decided.length > pageSize && last ? `/approvals?before=${placeOf(last)}` : undefined}
          newest={before ? '/approvals' : undefined}
        />
      </div>
    </>
  )
}
