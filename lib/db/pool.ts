import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { isDatabaseAway } from './failures'
import { PrismaClient } from './generated/client'
import { fitsLane, type LaneStatement, Lanes } from './lanes'
import { isSetPerProcess, perProcess, setPerProcess } from './per-process'
import { PreparedQuery } from './prepared-query'

/** A connection of the pool or of a lane. */
export type Connection = pg.ClientBase

/** What runs a statement: the pool, or the connection of a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(query: Statement): Promise<pg.QueryResult<Row>>
}

/** A statement with its parameters; a name makes it a prepared one. */
export interface Statement {
  name?: string
  text: string
  values?: unknown[]
  /** Milliseconds after which a silent database counts as away */
  query_timeout?: number
  /** Rows as arrays of values instead of objects */
  rowMode?: 'array'
}

/** The connection of an open transaction. */
export interface Transaction extends Queryable {
  readonly inTransaction: true
  /** Runs `COPY … FROM STDIN` over these octets, taking them no faster than the server does. */
  copy(text: string, octets: Iterable<Buffer>): Promise<void>
}

export interface Database extends Queryable {
  readonly pool: pg.Pool
  /** For short prepared statements of ES9+: like `query`, but they share a few connections. */
  readonly lanes: Queryable & Pick<Lanes, 'watch'>
  readonly prisma: PrismaClient
  /** How long an answer is waited for, where that is shorter than the pool's own time. */
  readonly answerWithinMs?: number
  close(): Promise<void>
}

/** How much longer than the server's own limit a statement is waited for: then the server or the wire to it is gone. */
const silenceMs = 5_000

/** Opens a pool; statements that take longer than `statementTimeoutMs` are ended by the server. */
export function openDatabase(url: string, options: { maxConnections?: number; statementTimeoutMs?: number } = {}): Database {
  const { statementTimeoutMs = 60_000 } = options
  const config = {
    connectionString: url,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + silenceMs,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }
  const pool = new pg.Pool({ ...config, max: options.maxConnections ?? 20 })
  // An idle connection that breaks is replaced by the next request; without a listener it would end the process.
  pool.on('error', () => {})
  // So does one that breaks between two statements of a transaction.
  pool.on('connect', client => client.on('error', () => {}))
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  const query: Queryable['query'] = statement => (fitsLane(statement) ? runPrepared(pool, statement) : pool.query(statement))
  const lanes = new Lanes(config, query, config.connectionTimeoutMillis)
  return {
    pool,
    lanes: {
      query: statement => (fitsLane(statement) ? lanes.run(statement) : query(statement)),
      watch: watcher => lanes.watch(watcher),
    },
    prisma,
    query,
    close: async () => {
      await prisma.$disconnect()
      await lanes.close()
      await pool.end()
    },
  }
}

/** Rows of arrays have no names and no fields: what asks for them wants nothing of a result but its values. */
const runPrepared = <Row extends pg.QueryResultRow>(pool: pg.Pool, statement: LaneStatement): Promise<pg.QueryResult<Row>> =>
  (pool.query as (query: PreparedQuery) => unknown).call(pool, new PreparedQuery(statement)) as Promise<pg.QueryResult<Row>>

/** The same database for those whose own callers do not wait long: a statement without an answer in time fails, as when it is away. */
export const answeringWithin = (db: Database, answerWithinMs: number): Database => ({
  ...db,
  answerWithinMs,
  query: statement => db.query({ ...statement, query_timeout: answerWithinMs }),
  lanes: { ...db.lanes, query: statement => db.lanes.query({ ...statement, query_timeout: answerWithinMs }) },
})

/** The process's database, put there by `setDatabase` at start. */
export function database(): Database {
  return perProcess<Database>('database', () => {
    throw new Error('The database is not open yet.')
  })
}

export const setDatabase = (db: Database | undefined): void => setPerProcess('database', db)

const buffersPerTurn = 4

/** As long as the server takes all at once, nobody else in this process would have a turn. */
async function* inTurns(octets: Iterable<Buffer>): AsyncGenerator<Buffer, void> {
  let count = 0
  for (const buffer of octets) {
    yield buffer
    if (++count % buffersPerTurn === 0) await nextTurn()
  }
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  const { answerWithinMs } = db
  const query: Queryable['query'] = statement => client.query(answerWithinMs ? { ...statement, query_timeout: answerWithinMs } : statement)
  const copy: Transaction['copy'] = (text, octets) => pipeline(Readable.from(inTurns(octets)), client.query(copyFrom(text)))
  const tx: Transaction = { inTransaction: true, query, copy }
  try {
    await query({ text: 'BEGIN' })
    const result = await work(tx)
    await query({ text: 'COMMIT' })
    return result
  } catch (error) {
    // A connection that does not answer is given up: PostgreSQL rolls back what it had begun.
    if (isDatabaseAway(error)) broken = error as Error
    else
      await query({ text: 'ROLLBACK' }).catch((cause: Error) => {
        broken = cause
      })
    throw error
  } finally {
    client.release(broken)
  }
}

/** The first row, or undefined. */
export async function one<Row extends pg.QueryResultRow>(db: Queryable, statement: Statement): Promise<Row | undefined> {
  return (await db.query<Row>(statement)).rows[0]
}

/** Whether this process has opened its database. */
export const isDatabaseOpen = (): boolean => isSetPerProcess('database')

/** The values of the first row, in the order of the columns; undefined when there is none. */
export async function firstValues(db: Queryable, statement: Statement): Promise<unknown[] | undefined> {
  const { rows } = await db.query({ ...statement, rowMode: 'array' })
  return rows[0] as unknown[] | undefined
}
