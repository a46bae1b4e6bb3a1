import { FileUp } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { BATCH_STATES } from '@/components/batch/states'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { listBatches, type ListedBatch as Row } from '@/lib/db/batches/batch-pages'
import { database } from '@/lib/db/pool'
import { listTypes } from '@/lib/inventory/types'
import { about } from './about'
import { BatchList } from './batch-list'
import type { ListedBatch } from './listed-batch'
import { shownProgress } from './progress'

export const metadata: Metadata = { title: 'Batches' }

const pageSize = 50

type SearchParameters = Record<string, string | string[] | undefined>

const single = (value: string | string[] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

function rowsOf({ state, kept, warned, refused, rowsTotal }: Row): ListedBatch['rows'] {
  if (state === 'draft') return { good: kept - warned, warned, refused }
  return state === 'approved' ? { inStock: kept, left: (rowsTotal ?? kept) - kept } : undefined
}

const listed = (row: Row): ListedBatch => {
  const { id, name, state, waiting, typeName, vendor, createdAt, createdBy } = row
  return {
    id,
    name,
    state,
    waiting,
    type: typeName,
    vendor,
    rows: rowsOf(row),
    progress: state === 'checking' ? shownProgress(row) : undefined,
    createdAt: createdAt.toISOString(),
    createdBy,
  }
}

export default async function BatchesPage({ searchParams }: { searchParams: Promise<SearchParameters> }) {
  const { account } = await requirePage('batch:read')
  const parameters = await searchParams
  const db = database()
  const types = await listTypes(db)
  const state = BATCH_STATES.find(each => each === single(parameters.state))
  const type = types.find(({ name }) => name === single(parameters.type))
  const before = single(parameters.before) || undefined
  const batches = await listBatches(db, { before, limit: pageSize + 1, typeId: type?.id, state })
  const page = batches.slice(0, pageSize)
  return (
    <>
      <PageHeader
        title="Batches"
        description={about}
        actions={
          may(account.role, 'batch:upload') ? (
            <Button asChild variant="primary">
              <Link href="/batches/upload">
                <FileUp aria-hidden /> Upload
              </Link>
            </Button>
          ) : null
        }
      />
      <BatchList
        batches={page.map(listed)}
        state={state}
        type={type?.name}
        types={types.map(({ name }) => name)}
        next={batches.length > pageSize ? page.at(-1)?.id : undefined}
        paged={before !== undefined}
        mayUpload={may(account.role, 'batch:upload')}
      />
    </>
  )
}
