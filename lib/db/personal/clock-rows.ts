import { type Database, one, type Queryable, type Transaction, transaction } from '../pool'

/** How far a clock has come; what the members mean is its own. */
export type ClockMark = Record<string, string>

export interface ClockRow {
  kind: string
  /** Null: for ever */
  days: number | null
  mark: ClockMark
  lastRunAt: Date | null
  /** In all */
  removed: number
  updatedAt: Date | null
  updatedBy: string | null
}

const COLUMNS = `kind, days, coalesce(mark, '{}') AS mark, last_run_at AS "lastRunAt", removed::float8 AS removed, updated_at AS "updatedAt",
  updated_by AS "updatedBy"`

export async function readClocks(db: Queryable): Promise<ClockRow[]> {
  const { rows } = await db.query<ClockRow & Record<string, unknown>>({
    name: 'retention-clocks',
    text: `SELECT ${COLUMNS} FROM retention_clock`,
  })
  return rows
}

/** Adds a clock with the days that it has until somebody sets others. */
export const addClock = (db: Queryable, kind: string, days: number | null) =>
  db.query({ text: 'INSERT INTO retention_clock (kind, days) VALUES ($1, $2) ON CONFLICT DO NOTHING', values: [kind, days] })

export const writeClock = (tx: Transaction, kind: string, days: number | null, by: string, at: Date) =>
  tx.query({
    text: `INSERT INTO retention_clock (kind, days, updated_at, updated_by) VALUES ($1, $2, $4, $3)
      ON CONFLICT (kind) DO UPDATE SET days = excluded.days, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    values: [kind, days, by, at],
  })

/** What one step did, and where the next one begins; `done` when there is nothing left for today. */
export interface ClockStep {
  removed: number
  mark: ClockMark
  done: boolean
}

/**
 * One step of a clock, with its mark in one transaction. Of several processes one takes it.
 * @returns undefined when another one is at it
 */
export const stepClock = (
  db: Database,
  kind: string,
  now: Date,
  step: (tx: Transaction, clock: ClockRow) => Promise<ClockStep>,
): Promise<ClockStep | undefined> =>
  transaction(db, async tx => {
    const clock = await one<ClockRow & Record<string, unknown>>(tx, {
      name: 'retention-clock-hold',
      text: `SELECT ${COLUMNS} FROM retention_clock WHERE kind = $1 FOR UPDATE SKIP LOCKED`,
      values: [kind],
    })
    if (!clock) return undefined
    const taken = await step(tx, clock)
    await tx.query({
      name: 'retention-clock-move',
      text: `UPDATE retention_clock SET mark = $2, removed = removed + $3, last_run_at = CASE WHEN $4 THEN $5 ELSE last_run_at END WHERE kind = $1`,
      values: [kind, JSON.stringify(taken.mark), taken.removed, taken.done, now],
    })
    return taken
  })
