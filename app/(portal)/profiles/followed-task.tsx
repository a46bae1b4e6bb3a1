'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { Button } from '@/components/ui/button'
import type { TasksSnapshot } from '../tasks/snapshot'
import { TaskItem } from '../tasks/task-item'
import { useTasks } from '../tasks/use-tasks'

interface FollowedTaskProps {
  id: string
  onClose: () => void
}

const none: TasksSnapshot = { tasks: [], older: undefined }

/** A task that was begun on this page, until it is put away; the rows are read again when it ends. */
export function FollowedTask({ id, onClose }: FollowedTaskProps) {
  const router = useRouter()
  const { snapshot, lookNow } = useTasks(none, '?mine=1')
  const task = snapshot.tasks.find(each => each.id === id)
  const ended = task !== undefined && task.state !== 'waiting' && task.state !== 'running'
  useEffect(lookNow, [lookNow])
  useEffect(() => {
    if (ended) router.refresh()
  }, [ended, router])
  return (
    <section aria-label="In the background" className="mb-3 flex flex-col gap-2">
      {task ? <TaskItem task={task} onChanged={lookNow} /> : <p role="status">It begins…</p>}
      {ended ? (
        <Button size="sm" variant="ghost" className="self-end" onClick={onClose}>
          Put away
        </Button>
      ) : null}
    </section>
  )
}
