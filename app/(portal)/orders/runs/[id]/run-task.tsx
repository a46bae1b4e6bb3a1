'use client'

import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import type { TaskView } from '../../../tasks/snapshot'
import { TaskItem } from '../../../tasks/task-item'

/** A task on the page of its run, which reads the page anew when it was changed. */
export function RunTask({ task }: { task: TaskView }) {
  const router = useRouter()
  const changed = useCallback(() => router.refresh(), [router])
  // The way to this page is no news on it.
  return <TaskItem task={{ ...task, link: undefined }} onChanged={changed} />
}
