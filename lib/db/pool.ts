import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client'
import { isSetPerProcess, perProcess, setPerProcess } from './per-process'

/** What runs a statement: the pool, or the connection of a transaction. */
export interface Queryable {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(query: Statement): Promise<pg.QueryResult<Row>>
}

/** A statement with its parameters; a name makes it a prepared one. */
export interface Statement {
  name?: string
  text: string
  values?: unknown[]
}

/** The connection of an open transaction. */
export interface Transaction extends Queryable {
  readonly inTransaction: true
}

export interface Database extends Queryable {
  readonly pool: pg.Pool
  readonly prisma: PrismaClient
  close(): Promise<void>
}

/** Opens a pool; statements that take longer than `statementTimeoutMs` are ended by the server. */
export function openDatabase(url: string, options: { maxConnections?: number; statementTimeoutMs?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    statement_timeout: options.statementTimeoutMs ?? 60_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  // An idle connection that breaks is replaced by the next request; without a listener it would end the process.
  pool.on('error', () => {})
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) })
  return {
    pool,
    prisma,
    query: query => pool.query(query),
    close: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}

/** The process's database, put there by `setDatabase` at start. */
export function database(): Database {
  return perProcess<Database>('database', () => {
    throw new Error('The database is not open yet.')
  })
}

export const setDatabase = (db: Database | undefined): void => setPerProcess('database', db)

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function transaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  let broken: Error | undefined
  const tx: Transaction = { inTransaction: true, query: query => client.query(query) }
  try {
    await client.query('BEGIN')
    const result = await work(tx)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
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

/** PostgreSQL's unique_violation, with the constraint's or index's name. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint)

/** Whether the database itself is away: nothing was decided, the caller may try again. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as Error & { code?: string }).code ?? ''
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|57P0[123]|08...|53...|25006)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Cannot use a pool after calling end/.test(error.message)
  )
}

/** Whether this process has opened its database. */
export const isDatabaseOpen = (): boolean => isSetPerProcess('database')
