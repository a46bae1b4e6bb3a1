import type { Database } from '../pool'

/** How long a health page waits for the database before it says that there is no answer. */
const patienceMs = 3_000

export interface PoolUse {
  /** Connections at work, open and allowed; requests that wait for one */
  inUse: number
  open: number
  limit: number
  waiting: number
}

export interface TableSize {
  name: string
  /** Estimated by PostgreSQL's statistics */
  rows: number
  /** With indexes and large values */
  bytes: number
}

export interface DatabaseFacts {
  /** Milliseconds for a question and its answer */
  answeredInMs: number
  version: string
  bytes: number
  /** Biggest first */
  tables: TableSize[]
}

/** Connections of this process's pool. */
export function poolUse({ pool }: Database): PoolUse {
  return {
    inUse: pool.totalCount - pool.idleCount,
    open: pool.totalCount,
    limit: pool.options.max,
    waiting: pool.waitingCount,
  }
}

/** Tables that grow with the traffic. */
const GROWING = [
  'profile',
  'profile_package',
  'download_order',
  'binding',
  'rsp_session',
  'profile_event',
  'notification',
  'download_attempt',
  'attempt_tally',
  'es2_call',
  'message',
  'audit',
  'sign_in_failure',
  'account_session',
]

/** What the database says of itself; undefined when it does not answer in time. */
export async function databaseFacts(db: Database): Promise<DatabaseFacts | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), patienceMs)
  })
  const asked = ask(db).catch(() => undefined)
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

async function ask(db: Database): Promise<DatabaseFacts> {
  const startedAt = performance.now()
  await db.query({ text: 'SELECT 1' })
  const answeredInMs = performance.now() - startedAt
  const [about, tables] = await Promise.all([
    db.query<{ version: string; bytes: string }>({
      text: `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`,
    }),
    db.query<{ name: string; rows: string; bytes: string }>({
      text: `SELECT relname AS name, n_live_tup AS rows, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables
        WHERE schemaname = 'public' AND relname = ANY($1) ORDER BY bytes DESC, name`,
      values: [GROWING],
    }),
  ])
  return {
    answeredInMs,
    version: about.rows[0]?.version ?? '',
    bytes: Number(about.rows[0]?.bytes ?? 0),
    tables: tables.rows.map(({ name, rows, bytes }) => ({ name, rows: Number(rows), bytes: Number(bytes) })),
  }
}
