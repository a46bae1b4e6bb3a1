import { actorNamed, type JobContext } from '@/lib/accounts/tasks'
import type { Env } from '@/lib/env'
import { runJobs } from '@/lib/jobs/worker'
import { startMessenger } from '@/lib/partners/messages/messenger'
import { createCredentialStore } from '@/lib/smdp/credentials'
import { clientIdentity, requesterOf } from '@/lib/smdp/es12/client-identity'
import { jobsOf } from './jobs'
import { TASKS } from './tasks'

/**
 * Starts what runs in the background: mail, alerts, tasks, messages to partners and webhooks. Servers do; the command line does not, and what it adds waits for one.
 * @returns how to stop it
 */
export function startBackground({ db, vault }: Pick<JobContext, 'db' | 'vault'>, env: Env): () => Promise<void> {
  const { dataDir, smdpAddress, customerUrl } = env
  const jobContext: JobContext = { db, vault, dataDir, addresses: { smdpAddress, customerUrl }, now: () => new Date() }
  const taskContext = async (startedBy: string) => ({ ...jobContext, actor: await actorNamed(db, startedBy) })
  const credentials = createCredentialStore(db, vault)
  const identity = async () => {
    const own = clientIdentity(await credentials.current(), smdpAddress, new Date())
    return { tls: own && { cert: own.cert, key: own.key }, requester: requesterOf(own, smdpAddress) }
  }
  const stops = [runJobs({ db, jobs: jobsOf(env), tasks: TASKS, jobContext, taskContext }), startMessenger({ db, vault, identity })]
  return async () => {
    await Promise.all(stops.map(stop => stop()))
  }
}
