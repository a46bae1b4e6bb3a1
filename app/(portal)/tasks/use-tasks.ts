'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { TasksSnapshot } from './snapshot'

export type Connection = 'live' | 'lost' | 'signedOut'

const busyMs = 1_000
const idleMs = 5_000

async function ask(search: string, signal: AbortSignal): Promise<TasksSnapshot | Connection> {
  try {
    const response = await fetch(`/api/tasks${search}`, { signal, cache: 'no-store' })
    if (response.ok) return await response.json()
    return response.status === 401 || response.status === 403 ? 'signedOut' : 'lost'
  } catch {
    return 'lost'
  }
}

const isBusy = ({ tasks }: TasksSnapshot): boolean => tasks.some(({ state }) => state === 'waiting' || state === 'running')

/** What the page was made with, then the newest: every second while something runs, else now and then. */
export function useTasks(initial: TasksSnapshot, search: string) {
  const [snapshot, setSnapshot] = useState(initial)
  const [connection, setConnection] = useState<Connection>('live')
  const look = useRef(async () => undefined as unknown)
  const busy = isBusy(snapshot)

  useEffect(() => {
    const left = new AbortController()
    let asking = false
    const refresh = async () => {
      if (document.hidden || asking) return
      asking = true
      const news = await ask(search, left.signal)
      asking = false
      if (left.signal.aborted) return
      if (typeof news === 'string') return setConnection(news)
      setSnapshot(news)
      setConnection('live')
    }
    look.current = refresh
    const timer = setInterval(refresh, busy ? busyMs : idleMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      left.abort()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [search, busy])

  const lookNow = useCallback(() => void look.current(), [])
  return { snapshot, connection, lookNow }
}
