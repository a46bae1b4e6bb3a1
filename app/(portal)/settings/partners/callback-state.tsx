import { CircleAlert, CircleCheck, CircleDashed, CirclePause, CircleSlash } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import type { CallbackRow } from '@/lib/db/partners/callback-rows'

/** Whether a partner is told what happens, in a word. */
export function CallbackState({
  callback,
}: {
  callback: Pick<CallbackRow, 'pausedAt' | 'failures' | 'lastFailure' | 'lastSuccessAt'> | null
}) {
  if (!callback) return <Badge tone="plain" icon={CircleSlash} word="Not told" meaning="It has no callback: it is told nothing." />
  if (callback.pausedAt) return <Badge tone="warn" icon={CirclePause} word="Held back" meaning="Messages wait until they are let go on." />
  if (callback.failures > 0)
    return (
      <Badge
        tone="bad"
        icon={CircleAlert}
        word="Does not answer"
        meaning={callback.lastFailure ?? 'The last try failed; it is tried again.'}
      />
    )
  if (!callback.lastSuccessAt) return <Badge tone="plain" icon={CircleDashed} word="Nothing told yet" />
  return <Badge tone="good" icon={CircleCheck} word="Told" meaning="The last message was taken." />
}
