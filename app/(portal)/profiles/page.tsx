import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { COUNT_CAP, listProfiles } from '@/lib/db/portal/profile-list'
import { stockBatches } from '@/lib/db/portal/stock-batches'
import { typeNames } from '@/lib/db/portal/types'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { IssueFromStock } from './issue-from-stock'
import { ProfilesTable } from './profiles-table'
import { isFiltered, readProfileQuery, type SearchParameters, viewOf, writeCursor } from './query'
import { profileRights } from './rights'

export const metadata: Metadata = { title: 'Profiles' }

const mostBatches = 100

export default async function ProfilesPage({ searchParams }: { searchParams: Promise<SearchParameters> }) {
  const { account } = await requirePage('profile:read')
  const rights = profileRights(account.role)
  const query = readProfileQuery(await searchParams)
  const db = database()
  const [page, types, batches, eidPolicy, sight] = await Promise.all([
    listProfiles(db, query),
    typeNames(db),
    stockBatches(db, { type: query.type, chosen: query.batch, limit: mostBatches }),
    readEidPolicy(db),
    sightOf(db, account.role),
  ])
  const view = viewOf(query)
  return (
    <>
      <PageHeader
        title="Profiles"
        description="Find a profile by any of its numbers, issue codes, and follow what devices do with them."
        actions={
          <>
            {rights.upload ? (
              <Button asChild>
                <Link href="/batches/upload">Upload a file</Link>
              </Button>
            ) : null}
            {rights.issue ? <IssueFromStock types={types} eidPolicy={eidPolicy} /> : null}
          </>
        }
      />
      <ProfilesTable
        view={view}
        filtered={isFiltered(view)}
        sorting={{ by: query.sort, descending: query.descending }}
        rights={rights}
        rows={hide(page.rows, sight)}
        count={page.count}
        counts={page.counts}
        cap={COUNT_CAP}
        paging={{
          rank: page.rank,
          pageSize: query.pageSize,
          before: page.previous && writeCursor(page.previous),
          after: page.next && writeCursor(page.next),
        }}
        types={types}
        eidPolicy={eidPolicy}
        batches={batches}
      />
    </>
  )
}
