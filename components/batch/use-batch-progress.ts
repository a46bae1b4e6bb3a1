'use client'

import { useEffect, useRef, useState } from 'react'
import type { BatchProgress } from './progress'

/**
 * Follows the checks of these batches (ids, comma between them) while the page is in sight, over one connection for all of them.
 * `onEnd` is called when one of them is being checked no more.
 */
export function useBatchProgress(ids: string, onEnd: () => void): Map<string, BatchProgress> {
  const [progress, setProgress] = useState(new Map<string, BatchProgress>())
  const tell = useRef(onEnd)

  useEffect(() => {
    tell.current = onEnd
  }, [onEnd])

  useEffect(() => {
    if (!ids) return
    let source: EventSource | undefined
    let retry: ReturnType<typeof setTimeout> | undefined
    let left = false

    const close = () => {
      source?.close()
      source = undefined
      clearTimeout(retry)
    }
    const open = () => {
      close()
      if (left || document.hidden) return
      const stream = new EventSource(`/api/batches/progress?${new URLSearchParams({ ids })}`)
      source = stream
      stream.onmessage = message => {
        const news: BatchProgress[] = JSON.parse(message.data)
        setProgress(before => new Map([...before, ...news.map(each => [each.id, each] as const)]))
        if (news.some(each => each.state !== 'checking')) tell.current()
      }
      stream.addEventListener('end', close)
      stream.onerror = () => {
        if (stream.readyState !== EventSource.CLOSED) return
        clearTimeout(retry)
        retry = setTimeout(open, 3_000)
      }
    }

    open()
    document.addEventListener('visibilitychange', open)
    return () => {
      left = true
      document.removeEventListener('visibilitychange', open)
      close()
    }
  }, [ids])

  return progress
}
