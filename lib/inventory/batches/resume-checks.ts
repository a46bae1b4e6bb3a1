import { abandonedChecks } from '@/lib/db/batches/check-rows'
import { isDatabaseAway } from '@/lib/db/failures'
import { type Database } from '@/lib/db/pool'
import { reportIncident } from '@/lib/incident'
import { batchChecker } from './batch-checker'
import type { CheckContext } from './context'
import { uploadIsHere } from './open-batch-upload'
import { removeLeftUploads } from './uploads-folder'
import { isGone } from './worker-name'

const everyMs = 60_000

/** Goes on with checks that nobody goes on with: their process was ended, or is silent; of those whose file lies in this data folder. */
export async function resumeChecks(db: Database, ctx: CheckContext): Promise<void> {
  for (const { id, file } of await abandonedChecks(db, isGone)) if (uploadIsHere(ctx.dataDir, file)) batchChecker().add(db, ctx, id)
}

/**
 * What a server does at its start and every minute from then on; uploads that came to nothing are removed. Checks that this process starts later take its
 * pre-flight as well.
 * @returns how to stop it
 */
export async function startBatchChecks(db: Database, ctx: CheckContext): Promise<() => Promise<void>> {
  const stop = joinBatchChecks(ctx)
  await removeLeftUploads(db, ctx.dataDir)
  await resumeChecks(db, ctx)
  const timer = setInterval(() => {
    resumeChecks(db, ctx).catch(error => {
      if (!isDatabaseAway(error)) reportIncident(error, 'resuming checks')
    })
  }, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await stop()
  }
}

/** What a command does that may check batches of its own: it leaves those of others alone. @returns how to stop it */
export function joinBatchChecks({ preflight }: CheckContext): () => Promise<void> {
  batchChecker().preflight = preflight
  return () => batchChecker().stop()
}
