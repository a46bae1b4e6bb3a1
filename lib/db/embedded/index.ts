import { setTimeout as delay } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { ownerUrl } from './cluster'
import { findRunning, type Launched, type LaunchOptions, launch } from './launch'
import { shutdown } from './shutdown'

export { ensureAppRole } from './app-role'
export { ensureDataFolder } from './data-folder'

/** A PostgreSQL of our own, in the data folder. */
export interface EmbeddedPostgres {
  /** Of the owner, with password, by the Unix socket or on 127.0.0.1, database `slipway`. Stays the same when PostgreSQL had to be started again. */
  url: string
  /** It was running already: left by a killed server, or in use by another process. */
  adopted: boolean
  /** Lets go of it, and stops it unless another process uses it. */
  stop(): Promise<void>
}

const database = 'slipway'

// Whoever uses the database holds this lock shared; who stops it must get it alone. PostgreSQL releases a killed process's share.
const useLock = 7_270_737_001

const retryRecoveryMs = 2_000

/**
 * Starts the embedded PostgreSQL of a data folder, or joins the one that runs there; any number of processes may. Should it die, it
 * is started again. Throws a sentence when this system has no binaries or it does not start.
 */
export async function startEmbedded(dataDir: string, options: LaunchOptions = {}): Promise<EmbeddedPostgres> {
  let stopping: Promise<void> | undefined
  let held = await hold(dataDir, options, lost)
  let recovery = Promise.resolve()
  const { adopted, cluster, port } = held.launched

  function lost(): void {
    if (!stopping) recovery = recover()
  }

  /** Whatever keeps it from starting, a full disk say, may pass. */
  async function recover(): Promise<void> {
    for (; !stopping; await delay(retryRecoveryMs)) {
      try {
        held = await hold(dataDir, { ...options, port }, lost)
        return
      } catch (error) {
        console.error(`The embedded PostgreSQL is gone: ${error instanceof Error ? error.message : error}`)
      }
    }
  }

  return {
    url: ownerUrl(cluster, port, database),
    adopted,
    stop() {
      stopping ??= recovery.then(() => release(held))
      return stopping
    },
  }
}

/** The owner's URL of the PostgreSQL that runs on a data folder; undefined when none does. Starts nothing, keeps nothing. */
export async function joinEmbedded(dataDir: string): Promise<string | undefined> {
  const running = await findRunning(dataDir)
  if (!running) return undefined
  await ensureDatabase(running)
  return ownerUrl(running.cluster, running.port, database)
}

interface Held {
  launched: Launched
  /** The session that holds our share of the lock. */
  session: Client
}

async function hold(dataDir: string, options: LaunchOptions, lost: () => void): Promise<Held> {
  for (let attempt = 1; ; attempt++) {
    const launched = await launch(dataDir, options)
    const session = new Client({
      connectionString: ownerUrl(launched.cluster, launched.port, database),
      application_name: 'slipway (keeps the database running)',
      keepAlive: true,
    })
    session.on('error', () => undefined)
    try {
      await ensureDatabase(launched)
      await session.connect()
      await session.query('SELECT pg_advisory_lock_shared($1)', [useLock])
      session.once('end', lost)
      return { launched, session }
    } catch (error) {
      // Another process may be stopping it at this very moment.
      await session.end().catch(() => undefined)
      if (attempt === 20) throw error
      await delay(100)
    }
  }
}

async function release({ launched, session }: Held): Promise<void> {
  session.removeAllListeners('end')
  const alone = await session.query('SELECT pg_advisory_unlock_shared($1), pg_try_advisory_lock($1) AS alone', [useLock]).then(
    ({ rows }) => rows[0]?.alone === true,
    () => false,
  )
  try {
    if (alone) await shutdown(launched.cluster)
  } finally {
    await session.end().catch(() => undefined)
  }
}

async function ensureDatabase({ cluster, port }: Pick<Launched, 'cluster' | 'port'>): Promise<void> {
  const client = new Client({ connectionString: ownerUrl(cluster, port, 'postgres') })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
    if (!rowCount) await client.query(`CREATE DATABASE ${database}`)
  } catch (error) {
    const another = error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505')
    if (!another) throw error
  } finally {
    await client.end()
  }
}
