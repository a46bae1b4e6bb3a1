import { Handshake } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { correspondents, endpointHealth, trafficPage } from '@/lib/db/partners/workbench'
import { database } from '@/lib/db/pool'
import { WEBHOOK_EVENT_NAMES } from '@/lib/partners/webhooks/events'
import { RefreshEvery } from '../support/radar/refresh-every'
import { about } from './about'
import { EndpointsCard } from './endpoints-card'
import { FilterForm } from './filter-form'
import { mostCounted } from './most-counted'
import { PagesNav } from './pages-nav'
import { filtersOf, readCursor, readTrafficView, type SearchParameters, viewParameters, writeCursor } from './query'
import { shownUrl } from './shown-url'
import { TrafficList } from './traffic-list'

export const metadata: Metadata = { title: 'Partners' }

const pageSize = 50
const refreshSeconds = 5
/** As long as calls and messages are kept. */
const keptMs = 90 * 86_400_000

interface PartnersPageProps {
  searchParams: Promise<SearchParameters>
}

export default async function PartnersPage({ searchParams }: PartnersPageProps) {
  const { account } = await requirePage('partner:read')
  const parameters = await searchParams
  const view = readTrafficView(parameters)
  const after = readCursor(parameters.after)
  const db = database()
  const [{ entries, next }, endpoints, named] = await Promise.all([
    trafficPage(db, filtersOf(view), { after, limit: pageSize }),
    endpointHealth(db, mostCounted),
    correspondents(db, new Date(Date.now() - keptMs)),
  ])
  const chosen = viewParameters(view)
  const filtered = Object.keys(chosen).length > 0
  const href = (more: Record<string, string> = {}) => {
    const query = new URLSearchParams({ ...chosen, ...more }).toString()
    return query ? `/partners?${query}` : '/partners'
  }
  const mayReplay = may(account.role, 'message:replay')
  return (
    <>
      <PageHeader
        title="Partners"
        description={about}
        actions={
          <>
            <Button asChild>
              <Link href="/settings/partners">Partners’ settings</Link>
            </Button>
            <Button asChild>
              <Link href="/settings/webhooks">Webhooks</Link>
            </Button>
          </>
        }
      />
      {endpoints.length > 0 ? (
        <EndpointsCard endpoints={endpoints.map(each => ({ ...each, url: shownUrl(each.url, account.role) }))} mayReplay={mayReplay} />
      ) : null}
      <FilterForm view={view} correspondents={named} events={WEBHOOK_EVENT_NAMES} />
      <section aria-label="What went to and fro" className="rounded-lg border bg-surface">
        {entries.length > 0 ? (
          <TrafficList entries={entries} mayReplay={mayReplay} />
        ) : (
          <EmptyState icon={Handshake} title={filtered || after ? 'Nothing matches.' : 'Nobody has asked or was told anything yet.'}>
            {filtered || after
              ? 'Take back a filter, or look at a longer time.'
              : 'Calls of operators’ systems by ES2+, and what they and webhooks are told of downloads, are listed here as they happen.'}
          </EmptyState>
        )}
      </section>
      <PagesNav newest={after ? href() : undefined} older={next ? href({ after: writeCursor(next) }) : undefined} />
      {after ? null : <RefreshEvery seconds={refreshSeconds} />}
    </>
  )
}
