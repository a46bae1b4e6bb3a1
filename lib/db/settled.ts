import { setTimeout as delay } from 'node:timers/promises'
import { one, type Queryable } from './pool'

const lookAgainMs = 50

export interface Waiting {
  /** How long transactions are waited for that may still have rows */
  waitMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** A table whose numbers come from a sequence of its own. */
export type NumberedTable = 'audit' | 'profile_event'

/** The highest number that a row can have been given by now. */
export async function lastNumber(db: Queryable, table: NumberedTable): Promise<string> {
  const row = await one<{ last: string }>(db, {
    name: `last-number-of-${table}`,
    text: `SELECT CASE WHEN is_called THEN last_value ELSE 0 END::text AS last FROM ${table}_id_seq`,
  })
  return row?.last ?? '0'
}

/**
 * The transactions that may have rows of a table which nobody else sees yet. A statement takes this lock on its table before it
 * takes a number from the sequence, and its transaction lets go of it after it has ended, for everybody to see.
 */
export async function writersOf(db: Queryable, table: NumberedTable): Promise<string[]> {
  const { rows } = await db.query<{ writer: string }>({
    name: 'writers-of-table',
    text: `SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
      WHERE locktype = 'relation' AND relation = ('public.' || $1)::regclass AND mode = 'RowExclusiveLock'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    values: [table],
  })
  return rows.map(({ writer }) => writer)
}

/**
 * Waits until every row up to a number is there for all to see, or never will be (docs/decisions/0011-the-audit-chain.md says how that
 * is known).
 * @returns that number, undefined when a transaction did not end in time
 */
export async function settledUpTo(
  db: Queryable,
  table: NumberedTable,
  { waitMs = 10_000, signal }: Waiting = {},
): Promise<string | undefined> {
  const last = await lastNumber(db, table)
  let writers = new Set(await writersOf(db, table))
  const until = performance.now() + waitMs
  while (writers.size > 0) {
    if (performance.now() > until || signal?.aborted) return undefined
    await delay(lookAgainMs, undefined, { ref: false })
    const now = await writersOf(db, table)
    // Those that began meanwhile take higher numbers.
    writers = new Set(now.filter(writer => writers.has(writer)))
  }
  return last
}
