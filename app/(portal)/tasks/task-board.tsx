'use client'

import { ListChecks } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import type { TasksSnapshot } from './snapshot'
import { TaskItem } from './task-item'
import { type Connection, useTasks } from './use-tasks'

const Lost = ({ connection }: { connection: Connection }) =>
  connection === 'signedOut' ? (
    <Notice tone="warn" title="You are signed out." live>
      <Link href="/sign-in?next=/tasks" className="underline underline-offset-2">
        Sign in again
      </Link>{' '}
      to see how far they are.
    </Notice>
  ) : (
    <Notice tone="bad" title="The server or its database does not answer." live>
      What you see is from before. The page goes on trying.
    </Notice>
  )

interface TaskBoardProps {
  initial: TasksSnapshot
  /** The page's own query, with its question mark */
  search: string
  mine: boolean
}

/** Tasks, the newest first, renewed while the page is in sight. */
export function TaskBoard({ initial, search, mine }: TaskBoardProps) {
  const { snapshot, connection, lookNow } = useTasks(initial, search)
  const { tasks, older } = snapshot
  const filter = mine ? 'mine=1' : ''
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      {connection === 'live' ? null : <Lost connection={connection} />}
      {tasks.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState icon={ListChecks} title={mine ? 'You have started nothing in the background' : 'Nothing runs in the background'}>
            What takes longer than a moment, such as acting on thousands of profiles, is listed here with its progress.
          </EmptyState>
        </div>
      ) : (
        <ul className="flex flex-col gap-3">
          {tasks.map(task => (
            <li key={task.id}>
              <TaskItem task={task} onChanged={lookNow} />
            </li>
          ))}
        </ul>
      )}
      <nav aria-label="Older and newer" className="flex flex-wrap gap-2">
        {search.includes('before=') ? (
          <Button asChild size="sm">
            <Link href={filter ? `/tasks?${filter}` : '/tasks'}>Newest</Link>
          </Button>
        ) : null}
        {older ? (
          <Button asChild size="sm">
            <Link href={`/tasks?${[filter, `before=${older}`].filter(Boolean).join('&')}`}>Older</Link>
          </Button>
        ) : null}
      </nav>
    </div>
  )
}
