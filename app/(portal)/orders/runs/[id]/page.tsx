import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { countWords, numberWords } from '@/components/number-words'
import { StateBadge } from '@/components/profile/state-badge'
import { Card } from '@/components/ui/card'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Actor } from '@/lib/accounts/actor'
import { may } from '@/lib/accounts/roles'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { type ListedDocument, listDocuments } from '@/lib/db/document-rows'
import { database, type Queryable } from '@/lib/db/pool'
import { readTask } from '@/lib/db/portal/tasks'
import { type RunDetail, runDetail, runOrders, taskIdOfRun } from '@/lib/db/run-rows'
import { env } from '@/lib/env'
import { mostAtOnce } from '@/lib/orders/documents/documents'
import { orderContext } from '@/lib/orders/order-context'
import { PROFILE_STATES } from '@/lib/rsp/lifecycle'
import { vault } from '@/lib/vault/vault'
import { taskView } from '../../../tasks/snapshot'
import { RefreshWhile } from '../../refresh-while'
import { CodesWarning } from './codes-warning'
import { FilesCard, type MadeFile } from './files-card'
import { OrderTable } from './order-table'
import { RunActions } from './run-actions'
import { RunTask } from './run-task'
import { shownOrders } from './shown-orders'

export const metadata: Metadata = { title: 'Orders' }

const pageSize = 50

interface RunPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

type Who = { actor: Actor; now: Date }

async function madeFiles(db: Queryable, documents: ListedDocument[], who: Who): Promise<MadeFile[]> {
  return Promise.all(
    documents.map(async ({ id, taskId, name, bytes, hasCodes, readyAt, expiresAt }) => {
      const task = readyAt || !taskId ? undefined : await readTask(db, taskId)
      return { id, name, bytes, hasCodes, readyAt, expiresAt, task: task && taskView(task, who) }
    }),
  )
}

export default async function RunPage({ params, searchParams }: RunPageProps) {
  const { account, actor } = await requirePage('profile:read')
  const { data: id } = z.uuid().safeParse((await params).id)
  if (!id) notFound()
  const { after } = await searchParams
  const from = typeof after === 'string' ? /^[0-9]{18,20}$/.exec(after)?.[0] : undefined
  const db = database()
  const who = { actor, now: new Date() }
  const taskId = await taskIdOfRun(db, id)
  // Read before what it has made: one that ends in between is shown as running, and the page is read again.
  const row = taskId ? await readTask(db, taskId) : undefined
  const [run, rows, documents] = await Promise.all([
    runDetail(db, id),
    runOrders(db, id, { after: from, limit: pageSize + 1 }),
    listDocuments(db, id, who.now),
  ])
  if (!run) notFound()
  const [files, ctx, sight] = await Promise.all([
    madeFiles(db, documents, who),
    orderContext({ db, vault: vault(), actor, now: who.now }),
    sightOf(db, account.role),
  ])
  const task = row && taskView(row, who)
  const issuing = task?.state === 'waiting' || task?.state === 'running'
  const orders = shownOrders(hide(rows.slice(0, pageSize), sight), may(account.role, 'link:read') ? ctx : undefined)
  const untroubled = task?.state === 'done' && run.issued === run.wanted

  return (
    <>
      <RefreshWhile active={issuing || files.some(file => !file.readyAt)} />
      <header className="mb-5">
        <Link href="/orders" className="rounded text-quiet text-sm hover:text-foreground">
          Orders
        </Link>
        <h1 className="mt-1 break-words font-semibold text-xl tracking-tight">{run.title}</h1>
        <p className="mt-1 text-quiet">
          {issuing ? `${numberWords(run.issued)} of ${countWords(run.wanted, 'code')}` : countWords(run.issued, 'code')}
          {run.type ? ` of ${run.type}` : ''}, begun <RelativeTime at={run.createdAt} /> by {run.createdBy}
        </p>
      </header>
      <div className="flex flex-col gap-4">
        {task && !untroubled ? <RunTask task={task} /> : null}
        {run.confirmationCodes && !issuing && may(account.role, 'order:codes') ? (
          <CodesWarning
            runId={run.id}
            kept={run.codesKept}
            forgottenAt={run.codesForgottenAt}
            keptUntil={new Date(run.createdAt.getTime() + 86_400_000)}
          />
        ) : null}
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          {may(account.role, 'order:codes') ? (
            <FilesCard
              runId={run.id}
              open={run.open}
              atOnce={run.open <= mostAtOnce}
              issuing={issuing}
              files={files}
              withCodes={run.codesKept > 0}
            />
          ) : null}
          <OutcomeCard run={run}>
            <RunActions
              runId={run.id}
              states={run.states}
              toMail={may(account.role, 'link:write') ? run.toMail : 0}
              mailServer={env().mail !== undefined}
              mayRelease={may(account.role, 'order:release')}
              mayCancel={may(account.role, 'order:cancel')}
              issuing={issuing}
            />
          </OutcomeCard>
        </div>
        <OrderTable
          orders={orders}
          runId={run.id}
          next={rows.length > pageSize ? orders.at(-1)?.iccid : undefined}
          paged={from !== undefined}
        />
      </div>
    </>
  )
}

function OutcomeCard({ run, children }: { run: RunDetail; children: React.ReactNode }) {
  const states = PROFILE_STATES.filter(state => (run.states[state] ?? 0) > 0)
  return (
    <Card title="What became of them">
      <div className="flex flex-col gap-4">
        {states.length + run.cancelled > 0 ? (
          <ul className="flex flex-col gap-2">
            {states.map(state => (
              <li key={state} className="flex items-center justify-between gap-4">
                <StateBadge state={state} />
                <span className="tabular-nums">{numberWords(run.states[state] ?? 0)}</span>
              </li>
            ))}
            {run.cancelled > 0 ? (
              <li className="flex items-center justify-between gap-4">
                <span className="text-quiet">Cancelled</span>
                <span className="tabular-nums">{numberWords(run.cancelled)}</span>
              </li>
            ) : null}
          </ul>
        ) : (
          <p className="text-quiet">Nothing has been issued yet.</p>
        )}
        {children}
      </div>
    </Card>
  )
}
