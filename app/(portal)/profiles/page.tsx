import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { COUNT_CAP, countByState, listProfiles } from '@/lib/db/portal/profile-list'
import { typeNames } from '@/lib/db/portal/types'
import { IssueFromStock } from './issue-from-stock'
import { ProfilesTable } from './profiles-table'
import { readProfileQuery, type SearchParameters } from './query'

export const metadata: Metadata = { title: 'Profiles' }

export default async function ProfilesPage({ searchParams }: { searchParams: Promise<SearchParameters> }) {
  await requirePage('profile:read')
  const query = readProfileQuery(await searchParams)
  const db = database()
  const [page, counts, types] = await Promise.all([listProfiles(db, query), countByState(db, query), typeNames(db)])
  return (
    <>
      <PageHeader
        title="Profiles"
        description="Find a profile by any of its numbers, issue codes, and follow what devices do with them."
        actions={
          <>
            <Button asChild>
              <Link href="/batches/upload">Upload packages</Link>
            </Button>
            <IssueFromStock types={types} />
          </>
        }
      />
      <ProfilesTable query={query} page={page} counts={counts} cap={COUNT_CAP} types={types} />
    </>
  )
}
