'use client'

import { useRouter } from 'next/navigation'
import { useCallback, useEffect } from 'react'
import { type ActionAnswer, useAction } from '@/components/use-action'

/**
 * An action on a batch: whatever came of it, the page is read anew. A refusal often means that somebody else was quicker, and then the
 * page shows what they did.
 */
export function useBatchAction<Input, Output>(action: (input: Input) => Promise<ActionAnswer<Output>>, onDone?: (output: Output) => void) {
  const router = useRouter()
  const done = useCallback(
    (output: Output) => {
      onDone?.(output)
      router.refresh()
    },
    [onDone, router],
  )
  const run = useAction(action, done)
  useEffect(() => {
    if (run.message) router.refresh()
  }, [run.message, router])
  return run
}
