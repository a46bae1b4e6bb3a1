import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { BatchBadge, WaitingBadge } from '@/components/batch/batch-badge'
import { byteWords } from '@/components/number-words'
import { LiveBadge } from '@/components/profile/state-badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { BatchFacts } from './facts'
import { takenWords } from './mapping/mapping-draft'
import { readFindingsQuery, type SearchParameters } from './query'
import { RefreshOnReturn } from './refresh-on-return'
import { RowFindings } from './row-findings'
import { readShownBatch, type ShownBatch } from './shown-batch'
import { Stage } from './stage'

interface BatchPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParameters>
}

const FORMATS: Record<ShownBatch['format'], string> = {
  csv: 'Table',
  out: 'Output file of a vendor',
  zip: 'ZIP of packages',
  der: 'One package',
}

export async function generateMetadata({ params }: BatchPageProps): Promise<Metadata> {
  await requirePage('batch:read')
  return { title: `Batch ${(await params).id}` }
}

export default async function BatchPage({ params, searchParams }: BatchPageProps) {
  const { actor } = await requirePage('batch:read')
  const [{ id }, query] = await Promise.all([params, searchParams])
  const batch = await readShownBatch(database(), id)
  if (!batch) notFound()
  const { table, report, firstIccid, lastIccid } = batch
  const remap = batch.state === 'draft' && query.mapping === 'change'
  const gone = batch.state === 'discarded' || batch.state === 'rolledBack'

  return (
    <>
      <RefreshOnReturn />
      <header className="mb-5">
        <Link href="/batches" className="rounded text-quiet text-sm hover:text-foreground">
          Batches
        </Link>
        <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="min-w-0 break-all font-semibold text-xl tracking-tight">
            <span className="sr-only">Batch </span>
            {batch.name}
          </h1>
          {batch.waiting ? (
            <WaitingBadge className="h-7 px-2.5 text-sm" />
          ) : (
            <BatchBadge state={batch.state} className="h-7 px-2.5 text-sm" />
          )}
        </div>
        <p className="mt-1.5 text-quiet">
          Batch {batch.id}, uploaded <RelativeTime at={batch.createdAt} /> by {batch.createdBy}
        </p>
      </header>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_18.5rem]">
        <div className="min-w-0">
          <Stage batch={batch} actor={actor} remap={remap} />
        </div>
        <BatchFacts
          type={
            <span className="inline-flex flex-wrap items-center gap-2">
              {batch.typeName} {batch.live ? null : <LiveBadge live={false} />}
            </span>
          }
          format={FORMATS[batch.format]}
          size={byteWords(batch.fileBytes)}
          encrypted={batch.facts.pgp}
          vendor={batch.vendor}
          declared={batch.declared}
          rows={report?.rows ?? null}
          iccids={firstIccid && lastIccid ? { first: firstIccid, last: lastIccid } : undefined}
          taken={table && batch.state !== 'uploaded' ? takenWords(table.mapping.columns) : undefined}
        />
      </div>
      {report && !gone && !remap && report.warned + report.refused > 0 ? (
        <div className="mt-4">
          <RowFindings
            batchId={batch.id}
            report={report}
            query={readFindingsQuery(query)}
            lineWord={batch.format === 'zip' && !table ? 'Place' : 'Line'}
          />
        </div>
      ) : null}
    </>
  )
}
