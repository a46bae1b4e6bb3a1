import { freeJobs, silentWorkers } from '@/lib/db/job-workers'
import type { Database } from '@/lib/db/pool'
import { giveUpTasks } from '@/lib/db/task-rows'

/** Looks now and then for jobs of workers that have gone without a word, and gives them to the others. @returns how to stop it */
export function watchDeadWorkers(db: Database, { lookMs, silentMs }: { lookMs: number; silentMs: number }): () => Promise<void> {
  const silentSince = new Map<string, number>()
  let running: Promise<void> = Promise.resolve()

  const look = async () => {
    const silent = await silentWorkers(db)
    const now = performance.now()
    for (const worker of silentSince.keys()) if (!silent.includes(worker)) silentSince.delete(worker)
    for (const worker of silent) if (!silentSince.has(worker)) silentSince.set(worker, now)
    // One that only lost its connection, as all do when the database starts anew, has this long to make another.
    const dead = silent.filter(worker => now - (silentSince.get(worker) ?? now) >= silentMs)
    if (dead.length > 0) await freeJobs(db, dead)
    await giveUpTasks(db)
  }
  const timer = setInterval(() => {
    running = running.then(look).catch(() => silentSince.clear())
  }, lookMs).unref()
  return () => {
    clearInterval(timer)
    return running
  }
}
