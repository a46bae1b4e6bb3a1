import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'

/** The schema of the job queue's tables. */
export const JOBS_SCHEMA = 'graphile_worker'

/**
 * Brings the queue's own schema up to date, as the owner and while nobody else does. It has numbers of its own, so it is no
 * migration of ours; the server's role gets its rights from `ensureAppRole`.
 */
export async function migrateJobs(url: string): Promise<void> {
  const pgPool = new pg.Pool({ connectionString: url, application_name: 'slipway (migrations)', max: 1 })
  pgPool.on('error', () => undefined)
  pgPool.on('connect', client => client.on('error', () => undefined))
  try {
    await runMigrations({ pgPool, schema: JOBS_SCHEMA, logger: new Logger(() => () => undefined) })
  } finally {
    await pgPool.end()
  }
}
