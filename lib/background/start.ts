import { actorNamed, type JobContext } from '@/lib/accounts/tasks'
import type { Env } from '@/lib/env'
import { runJobs } from '@/lib/jobs/worker'
import { jobsOf } from './jobs'
import { TASKS } from './tasks'

/**
 * Starts what runs in the background: mail, alerts, tasks. Servers do; the command line does not, and what it adds waits for one.
 * @returns how to stop it
 */
export function startBackground({ db, vault }: Pick<JobContext, 'db' | 'vault'>, env: Env): () => Promise<void> {
  const { dataDir, smdpAddress, customerUrl } = env
  const jobContext: JobContext = { db, vault, dataDir, addresses: { smdpAddress, customerUrl }, now: () => new Date() }
  const taskContext = async (startedBy: string) => ({ ...jobContext, actor: await actorNamed(db, startedBy) })
  return runJobs({ db, jobs: jobsOf(env), tasks: TASKS, jobContext, taskContext })
}
