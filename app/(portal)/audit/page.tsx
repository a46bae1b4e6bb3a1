import { Download, ScrollText } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { AUDIT_ACTIONS } from '@/lib/accounts/audit'
import { chainState, verdictSentence } from '@/lib/accounts/audit-chain/chain-state'
import { auditPage } from '@/lib/accounts/audit-export'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { auditActors } from '@/lib/db/audit-rows'
import { database } from '@/lib/db/pool'
import { about } from './about'
import { AuditList } from './audit-list'
import { ChainCard } from './chain-card'
import { FilterForm } from './filter-form'
import { filtersOf, readAuditView, readCursor, type SearchParameters, viewParameters, writeCursor } from './query'

export const metadata: Metadata = { title: 'Audit' }

const pageSize = 50

interface AuditPageProps {
  searchParams: Promise<SearchParameters>
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const { actor } = await requirePage('audit:read')
  const parameters = await searchParams
  const view = readAuditView(parameters)
  const after = readCursor(parameters.after)
  const db = database()
  const [{ rows, next }, state, actors] = await Promise.all([
    auditPage(db, actor, filtersOf(view), { after, limit: pageSize }),
    chainState(db),
    auditActors(db),
  ])
  const chosen = viewParameters(view)
  const filtered = Object.keys(chosen).length > 0
  const href = (path: string, more: Record<string, string> = {}) => {
    const query = new URLSearchParams({ ...chosen, ...more }).toString()
    return query ? `${path}?${query}` : path
  }
  const { verified } = state
  return (
    <>
      <PageHeader
        title="Audit"
        description={about}
        actions={
          <Button asChild>
            <a href={href('/api/audit/export')} download>
              <Download aria-hidden /> {filtered ? 'Export these as CSV' : 'Export as CSV'}
            </a>
          </Button>
        }
      />
      <ChainCard state={state} broken={verified?.firstBroken ? verdictSentence(verified) : undefined} />
      <FilterForm view={view} actors={actors} actions={AUDIT_ACTIONS} />
      <section aria-label="What was done" className="rounded-lg border bg-surface">
        {rows.length > 0 ? (
          <AuditList rows={rows} mayReveal={may(actor.role, 'identity:reveal')} />
        ) : (
          <EmptyState icon={ScrollText} title={filtered || after ? 'Nothing was done that matches.' : 'Nothing was done yet.'}>
            {filtered || after ? 'Take back a filter, or look at a longer time.' : 'What people and scripts change is listed here.'}
          </EmptyState>
        )}
      </section>
      {after || next ? (
        <nav aria-label="Pages" className="mt-3 flex flex-wrap gap-2">
          {after ? (
            <Button asChild size="sm">
              <Link href={href('/audit')}>Newest</Link>
            </Button>
          ) : null}
          {next ? (
            <Button asChild size="sm">
              <Link href={href('/audit', { after: writeCursor(next) })}>Older</Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </>
  )
}
