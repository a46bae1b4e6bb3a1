import { QrCode } from 'lucide-react'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Progress } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import type { RunRow } from '@/lib/db/run-rows'

export interface ListedRun extends RunRow {
  /** A server is at it, or will be. */
  running: boolean
}

const head = 'whitespace-nowrap border-b px-3 py-2 font-medium'
const cell = 'align-top max-sm:p-0 sm:border-b sm:px-3 sm:py-2.5 sm:group-last:border-b-0'

const Issued = ({ title, issued, wanted, running }: ListedRun) =>
  running ? (
    <span className="flex flex-col gap-1.5">
      <span className="tabular-nums">
        {numberWords(issued)} of {numberWords(wanted)}
      </span>
      <Progress label={`Progress of: ${title}`} value={issued / Math.max(wanted, 1)} />
    </span>
  ) : (
    <span className="tabular-nums">
      {issued === wanted ? countWords(issued, 'code') : `${numberWords(issued)} of ${countWords(wanted, 'code')}`}
    </span>
  )

/** What was issued in one go, newest first. */
export function RunList({ runs, next, paged }: { runs: ListedRun[]; next: string | undefined; paged: boolean }) {
  if (runs.length === 0)
    return (
      <div className="rounded-lg border bg-surface">
        <EmptyState icon={QrCode} title={paged ? 'No older ones' : 'Nothing was issued in one go yet'}>
          Issue codes from stock, for chosen profiles or from a file. Their QR codes, labels and files are then found here.
        </EmptyState>
      </div>
    )
  return (
    <div className="rounded-lg border bg-surface">
      <table className="w-full border-separate border-spacing-0 max-sm:block">
        <caption className="sr-only">Issued in one go, newest first</caption>
        <thead className="max-sm:sr-only">
          <tr className="text-left text-quiet text-xs">
            <th scope="col" className={head}>
              Orders
            </th>
            <th scope="col" className={head}>
              Type
            </th>
            <th scope="col" className={classNames(head, 'w-[26%]')}>
              Issued
            </th>
            <th scope="col" className={head}>
              When
            </th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {runs.map(run => (
            <tr
              key={run.id}
              className="group hover:bg-muted max-sm:flex max-sm:flex-col max-sm:gap-1 max-sm:border-b max-sm:px-3 max-sm:py-2.5 max-sm:last:border-b-0"
            >
              <td className={cell}>
                <Link
                  href={`/orders/runs/${run.id}`}
                  prefetch={false}
                  className="break-words rounded font-medium text-accent underline-offset-2 hover:underline"
                >
                  {run.title}
                </Link>
              </td>
              <td className={classNames(cell, 'break-words')}>{run.type ?? <span className="text-quiet">Several, or chosen</span>}</td>
              <td className={cell}>
                <Issued {...run} />
              </td>
              <td className={cell}>
                <RelativeTime at={run.createdAt} />
                <span className="block break-all text-quiet max-sm:ml-1 max-sm:inline">
                  <span className="sm:hidden">by </span>
                  {run.createdBy}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {next || paged ? (
        <nav aria-label="Pages" className="flex flex-wrap justify-end gap-2 border-t px-3 py-2">
          {paged ? (
            <Button asChild size="sm">
              <Link href="/orders">Newest</Link>
            </Button>
          ) : null}
          {next ? (
            <Button asChild size="sm">
              <Link href={`/orders?before=${next}`}>Older</Link>
            </Button>
          ) : null}
        </nav>
      ) : null}
    </div>
  )
}
