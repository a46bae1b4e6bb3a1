import type { Database, Queryable } from '@/lib/db/pool'
import { keepLastSweep, keepMark, readMarks, removeBatch, SWEPT, type Swept, whileSweeping } from '@/lib/db/sweep'

/** Rows that a sweep removed, by kind. */
export interface SweepReport {
  removed: Record<Swept, number>
  durationMs: number
}

export interface SweepOptions {
  /** How long sessions in which a package was given out stay after their order has closed, for late installation results */
  sessionRetentionDays?: number
  batchRows?: number
  /** Asked between batches. */
  isStopped?: () => boolean
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** A request that saw an order open may still be under way, and clocks of instances differ. */
const graceMs = 5 * minuteMs

/** Rows whose transaction ended after a sweep that they belonged to are found by the next. */
const overlapMs = 60 * minuteMs

/** Portal sessions stay a while to tell when somebody was last there. */
const accountSessionDays = 30

/** How long after the moment that decides over it a row of each kind stays. */
const keptMs = (sessionRetentionDays: number): Record<Swept, number> => ({
  bindings: graceMs,
  boundSessions: sessionRetentionDays * dayMs,
  // A transactionId is refused by its age after an hour; until then its row says that it was used.
  otherSessions: dayMs,
  idleNotifications: sessionRetentionDays * dayMs,
  strayEvents: sessionRetentionDays * dayMs,
  signInFailures: dayMs,
  oneTimeLinks: dayMs,
  accountSessions: accountSessionDays * dayMs,
})

/**
 * Removes what nobody needs any more: the segments of closed orders, RSP sessions that can tell nothing more, and what is left of
 * sign-ins. An open order keeps all that its installation result is judged by. Of several instances one sweeps.
 * @returns undefined when another instance is at it
 */
export function sweep(db: Database, now: Date, options: SweepOptions = {}): Promise<SweepReport | undefined> {
  const { sessionRetentionDays = 30, batchRows = 500, isStopped = () => false } = options
  return whileSweeping(db, async connection => {
    const startedAt = performance.now()
    const kept = keptMs(sessionRetentionDays)
    const marks = await readMarks(connection)
    const removed: Record<Swept, number> = {
      bindings: 0,
      boundSessions: 0,
      otherSessions: 0,
      idleNotifications: 0,
      strayEvents: 0,
      signInFailures: 0,
      oneTimeLinks: 0,
      accountSessions: 0,
    }
    for (const kind of SWEPT) {
      const to = new Date(now.getTime() - kept[kind])
      // After a clock that had run ahead, the mark lies in the future.
      const from = new Date(Math.max(0, Math.min(marks[kind]?.getTime() ?? 0, to.getTime()) - overlapMs))
      removed[kind] = await removeAll(connection, kind, { from, to, rows: batchRows }, isStopped)
      if (isStopped()) break
      await keepMark(connection, kind, to)
    }
    const report = { removed, durationMs: Math.round(performance.now() - startedAt) }
    await keepLastSweep(connection, { finishedAt: now, ...report })
    return report
  })
}

async function removeAll(
  connection: Queryable,
  kind: Swept,
  { from, to, rows }: { from: Date; to: Date; rows: number },
  isStopped: () => boolean,
): Promise<number> {
  let sum = 0
  for (let reached: Date | null = from; reached && !isStopped(); ) {
    const batch = await removeBatch(connection, kind, { from: reached, to, rows })
    sum += batch.removed
    reached = batch.removed === rows ? batch.reached : null
  }
  return sum
}
