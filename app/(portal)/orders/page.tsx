import { ArrowLeftRight, Search } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { may } from '@/lib/accounts/roles'
import { requirePage } from '@/lib/action'
import { database, type Queryable } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { typeNames } from '@/lib/db/portal/types'
import { listRuns, type RunRow } from '@/lib/db/run-rows'
import { readEidPolicy } from '@/lib/orders/eid-policy'
import { IssueFromStock } from '../profiles/issue-from-stock'
import { about } from './about'
import { IssueFromFile } from './issue/issue-from-file'
import { RefreshWhile } from './refresh-while'
import { type ListedRun, RunList } from './run-list'

export const metadata: Metadata = { title: 'Orders' }

const pageSize = 50
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface OrdersPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** Only of a run that is not complete is it asked whether it still goes on. */
async function listed(db: Queryable, run: RunRow): Promise<ListedRun> {
  const task = run.issued < run.wanted && run.taskId ? await readTask(db, run.taskId) : undefined
  return { ...run, running: task?.state === 'running' || task?.state === 'waiting' }
}

export default async function OrdersPage({ searchParams }: OrdersPageProps) {
  const { account } = await requirePage('profile:read')
  const { before } = await searchParams
  const from = typeof before === 'string' ? uuid.exec(before)?.[0] : undefined
  const db = database()
  const [rows, types, eidPolicy] = await Promise.all([
    listRuns(db, { before: from, limit: pageSize + 1 }),
    typeNames(db),
    readEidPolicy(db),
  ])
  const runs = await Promise.all(rows.slice(0, pageSize).map(run => listed(db, run)))
  return (
    <>
      <PageHeader
        title="Orders"
        description={about}
        actions={
          may(account.role, 'order:issue') ? (
            <>
              <IssueFromFile types={types} eidPolicy={eidPolicy} />
              <IssueFromStock types={types} eidPolicy={eidPolicy} primary />
            </>
          ) : null
        }
      />
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <search className="w-full sm:w-96">
          <form action="/profiles" className="relative">
            <Search className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-quiet" aria-hidden />
            <Input
              type="search"
              name="q"
              required
              aria-label="Find an order"
              placeholder="Reference, e-mail, matching ID, EID…"
              className="pl-8"
              autoComplete="off"
              spellCheck={false}
            />
          </form>
        </search>
        <Button asChild variant="ghost">
          <Link href="/orders/replacements">
            <ArrowLeftRight aria-hidden /> Replacements
          </Link>
        </Button>
      </div>
      <RefreshWhile active={runs.some(run => run.running)} />
      <RunList runs={runs} next={rows.length > pageSize ? runs.at(-1)?.id : undefined} paged={from !== undefined} />
    </>
  )
}
