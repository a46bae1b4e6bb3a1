import { giveUpRemoved, removeOldTraffic } from '@/lib/db/partners/message-rows'
import { keptTrafficDays } from '@/lib/db/personal/traffic-rows'
import type { Queryable } from '@/lib/db/pool'

const dayMs = 86_400_000

/** Forgets what is old, and gives up what nobody waits for any more. */
export async function tidyMessages(db: Queryable, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptTrafficDays * dayMs)
  await giveUpRemoved(db, 'The endpoint was removed before this was sent.')
  await removeOldTraffic(db, 'message', before)
  await removeOldTraffic(db, 'es2_call', before)
}
