'use client'

import { FileUp, Layers2, SearchX } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { BatchBadge, WaitingBadge } from '@/components/batch/batch-badge'
import { BATCH_LOOK, BATCH_STATES, type BatchState } from '@/components/batch/states'
import { useBatchProgress } from '@/components/batch/use-batch-progress'
import { classNames } from '@/components/class-names'
import { useUrlState } from '@/components/data-table/use-url-state'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Select } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { type ListedBatch, ListedRows } from './listed-batch'

interface BatchListProps {
  batches: ListedBatch[]
  state: BatchState | undefined
  type: string | undefined
  types: string[]
  /** Where the next page begins; undefined on the last */
  next: string | undefined
  /** Not the first page */
  paged: boolean
  mayUpload: boolean
}

const head = 'whitespace-nowrap border-b px-3 py-2 font-medium'
const cell = 'align-top max-sm:p-0 sm:border-b sm:px-3 sm:py-2.5 sm:group-last:border-b-0'

/** The batches, newest first; what is being checked moves by itself. */
export function BatchList({ batches, state, type, types, next, paged, mayUpload }: BatchListProps) {
  const router = useRouter()
  const { change, href, pending } = useUrlState()
  const refresh = useCallback(() => router.refresh(), [router])
  const checking = batches.filter(batch => batch.state === 'checking').map(({ id }) => id)
  const progress = useBatchProgress(checking.join(','), refresh)
  const filtered = state !== undefined || type !== undefined

  return (
    <div className="rounded-lg border bg-surface">
      {batches.length > 0 || filtered ? (
        <div className="flex flex-wrap gap-2 border-b p-3">
          <Select
            aria-label="State"
            className="h-8 w-auto max-sm:flex-1"
            value={state ?? ''}
            onChange={event => change({ state: event.target.value, before: undefined })}
          >
            <option value="">All states</option>
            {BATCH_STATES.map(each => (
              <option key={each} value={each}>
                {BATCH_LOOK[each].word}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Type"
            className="h-8 w-auto max-w-48 max-sm:flex-1"
            value={type ?? ''}
            onChange={event => change({ type: event.target.value, before: undefined })}
          >
            <option value="">All types</option>
            {types.map(each => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        </div>
      ) : null}
      {batches.length > 0 ? (
        <table
          aria-busy={pending}
          className={classNames('w-full border-separate border-spacing-0 transition-opacity max-sm:block', pending && 'opacity-60')}
        >
          <caption className="sr-only">Batches, newest first</caption>
          <thead className="max-sm:sr-only">
            <tr className="text-left text-quiet text-xs">
              <th scope="col" className={head}>
                File
              </th>
              <th scope="col" className={head}>
                State
              </th>
              <th scope="col" className={head}>
                Type
              </th>
              <th scope="col" className={classNames(head, 'w-[32%]')}>
                Rows
              </th>
              <th scope="col" className={head}>
                Uploaded
              </th>
            </tr>
          </thead>
          <tbody className="max-sm:block">
            {batches.map(batch => (
              <tr
                key={batch.id}
                className="group hover:bg-muted max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:border-b max-sm:px-3 max-sm:py-2.5 max-sm:last:border-b-0"
              >
                <td className={cell}>
                  <Link
                    href={`/batches/${batch.id}`}
                    prefetch={false}
                    className="break-all rounded font-medium text-accent underline-offset-2 hover:underline"
                  >
                    {batch.name}
                  </Link>
                  {batch.vendor ? <span className="block text-quiet">{batch.vendor}</span> : null}
                </td>
                <td className={cell}>
                  <span className="flex flex-wrap gap-1">{batch.waiting ? <WaitingBadge /> : <BatchBadge state={batch.state} />}</span>
                </td>
                <td className={classNames(cell, 'break-words')}>
                  <span className="text-quiet sm:hidden">Type </span>
                  {batch.type}
                </td>
                <td className={cell}>
                  <ListedRows batch={batch} progress={progress.get(batch.id) ?? batch.progress} />
                </td>
                <td className={cell}>
                  <RelativeTime at={batch.createdAt} />
                  <span className="block break-all text-quiet max-sm:ml-1 max-sm:inline">
                    <span className="sm:hidden">by </span>
                    {batch.createdBy}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : filtered || paged ? (
        <EmptyState icon={SearchX} title="No batch fits">
          Show all states and types, or go back to the newest.
        </EmptyState>
      ) : (
        <EmptyState
          icon={Layers2}
          title="No batches yet"
          action={
            mayUpload ? (
              <Button asChild variant="primary">
                <Link href="/batches/upload">
                  <FileUp aria-hidden /> Upload a file
                </Link>
              </Button>
            ) : undefined
          }
        >
          Upload what your vendor sent: a table of subscribers, an output file, or packages. It is checked, you read the report, and what
          you approve becomes stock.
        </EmptyState>
      )}
      {next || paged ? (
        <nav aria-label="Pages" className="flex flex-wrap justify-end gap-2 border-t px-3 py-2">
          {paged ? (
            <Button asChild size="sm">
              <Link href={href({ before: undefined })}>Newest</Link>
            </Button>
          ) : null}
          {next ? (
            <Button asChild size="sm">
              <Link href={href({ before: next })}>Older</Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </div>
  )
}
