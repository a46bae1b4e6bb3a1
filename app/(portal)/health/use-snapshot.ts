'use client'

import { useEffect, useState } from 'react'
import type { HealthSnapshot } from './snapshot'

export type Connection = 'live' | 'lost' | 'signedOut'

const everyMs = 5_000

async function ask(signal: AbortSignal): Promise<HealthSnapshot | Connection> {
  try {
    const response = await fetch('/api/health', { signal, cache: 'no-store' })
    if (response.ok) return await response.json()
    return response.status === 401 || response.status === 403 ? 'signedOut' : 'lost'
  } catch {
    return 'lost'
  }
}

/** What the page was made with, then the newest every few seconds while the page is in sight. */
export function useSnapshot(initial: HealthSnapshot): { snapshot: HealthSnapshot; connection: Connection } {
  const [snapshot, setSnapshot] = useState(initial)
  const [connection, setConnection] = useState<Connection>('live')

  useEffect(() => {
    const left = new AbortController()
    let asking = false
    const refresh = async () => {
      if (document.hidden || asking) return
      asking = true
      const news = await ask(left.signal)
      asking = false
      if (left.signal.aborted) return
      if (typeof news === 'string') return setConnection(news)
      setSnapshot(news)
      setConnection('live')
    }
    const timer = setInterval(refresh, everyMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      left.abort()
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [])

  return { snapshot, connection }
}
