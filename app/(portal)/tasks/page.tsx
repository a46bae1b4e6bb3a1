import type { Metadata } from 'next'
import Link from 'next/link'
import { classNames } from '@/components/class-names'
import { PageHeader } from '@/components/shell/page-header'
import { hide, sightOf } from '@/lib/accounts/sight'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { readTasksQuery, tasksSnapshot } from './snapshot'
import { TaskBoard } from './task-board'

export const metadata: Metadata = { title: 'Tasks' }

interface TasksPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

const Choice = ({ href, here, children }: { href: string; here: boolean; children: string }) => (
  <Link
    href={href}
    aria-current={here ? 'page' : undefined}
    className={classNames('rounded-md px-3 py-1.5 font-medium', here ? 'bg-accent-soft text-accent' : 'text-quiet hover:bg-muted')}
  >
    {children}
  </Link>
)

export default async function TasksPage({ searchParams }: TasksPageProps) {
  const { actor } = await requirePage('profile:read')
  const given = Object.entries(await searchParams).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))
  const query = readTasksQuery(new URLSearchParams(given))
  const search = new URLSearchParams({ ...(query.mine ? { mine: '1' } : {}), ...(query.before ? { before: query.before } : {}) }).toString()
  const db = database()
  const initial = hide(await tasksSnapshot(db, query, { actor, now: new Date() }), await sightOf(db, actor.role))
  return (
    <>
      <PageHeader
        title="Tasks"
        description="What runs in the background, how far it is, and what came of it. It goes on when you leave the page, and after the server has been started anew."
      />
      <nav aria-label="Whose tasks" className="mb-4 flex gap-1">
        <Choice href="/tasks" here={!query.mine}>
          Everybody’s
        </Choice>
        <Choice href="/tasks?mine=1" here={query.mine}>
          Mine
        </Choice>
      </nav>
      <TaskBoard key={search} initial={initial} search={search ? `?${search}` : ''} mine={query.mine} />
    </>
  )
}
