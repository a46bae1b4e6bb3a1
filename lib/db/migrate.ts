import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'
import { migrateJobs } from './jobs-schema'

interface Migration {
  name: string
  sql: string
  /** SHA-256 of the file, in hex. */
  checksum: string
}

interface Applied {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

/** The number that Prisma's own engine locks with, so that `prisma migrate deploy` and a starting server take turns. */
const migrationLock = 72_707_369

/**
 * Brings a database up to the program's schema: applies the migrations of a folder (`NAME/migration.sql`, by name) that are missing,
 * each in a transaction, and keeps the books as `prisma migrate deploy` does; then the job queue's own. Any number of instances may
 * call it at once.
 * @returns the names that were applied.
 * @throws a sentence when a migration was edited after it was applied, failed earlier, fails now, or the database is newer than the
 * program; what was applied before stays.
 */
export async function migrate(url: string, migrationsDir: string): Promise<string[]> {
  const migrations = readMigrations(migrationsDir)
  const client = new Client({ connectionString: url, application_name: 'slipway (migrations)' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    await client.query(bookkeepingTable)
    const { rows } = await client.query<Applied>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    )
    const pending = missing(migrations, rows)
    for (const migration of pending) await apply(client, migration)
    await migrateJobs(url)
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map(({ name }) => {
      const bytes = readFileSync(path.join(folder, name, 'migration.sql'))
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function missing(migrations: Migration[], applied: Applied[]): Migration[] {
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = applied.filter(row => !known.has(row.migration_name)).map(row => row.migration_name)
  if (unknown.length > 0) {
    throw new Error(
      `The database is newer than this program (it has ${unknown.join(', ')}): start the version that last used it, or a later one.`,
    )
  }
  const done = new Map(applied.map(row => [row.migration_name, row]))
  return migrations.filter(({ name, checksum }) => {
    const row = done.get(name)
    if (!row) return true
    if (!row.finished_at) {
      throw new Error(
        `The migration ${name} failed earlier, half done: mend the database, then run: npx prisma migrate resolve --applied ${name}`,
      )
    }
    if (row.checksum !== checksum) {
      throw new Error(`The migration ${name} was edited after it was applied: restore the file and put the change in a new migration.`)
    }
    return false
  })
}

async function apply(client: Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query(sql)
    await client.query(
      'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)',
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw new Error(`The migration ${name} failed and was taken back: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

const bookkeepingTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`
