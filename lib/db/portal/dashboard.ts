import type { AttemptResult } from '../attempts/tally'
import type { Queryable } from '../pool'

/** Days of UTC, 2026-11-22, both included. */
interface Days {
  first: string
  last: string
}

/** Tries of a day that went alike. */
export interface AttemptsOfDay {
  day: string
  result: AttemptResult
  /** A name of STATUS, `cancel:<CancelSessionReason>`, `install:<ErrorReason>`; empty where there is none */
  reason: string
  attempts: number
}

/** The tries of devices by the day on which they began and by how they went. */
export async function attemptsByDay(db: Queryable, { first, last }: Days): Promise<AttemptsOfDay[]> {
  const { rows } = await db.query<AttemptsOfDay & Record<string, unknown>>({
    text: `SELECT day::text, result, reason, sum(attempts)::int AS attempts FROM attempt_tally
      WHERE day BETWEEN $1::date AND $2::date GROUP BY attempt_tally.day, result, reason HAVING sum(attempts) > 0`,
    values: [first, last],
  })
  return rows
}

/** How long the installations of a day took, from the making of their orders. */
export interface InstallTimes {
  installations: number
  /** Seconds within which half of them were installed */
  median: number
  /** Seconds within which nine of ten were installed */
  p90: number
}

interface Slot {
  day: string
  slot: number
  installations: number
  /** Mean of the slot */
  seconds: number
}

/** Slots of time for a factor of e: neighbours differ by six per cent, and nothing has to be sorted to count them. */
const slotsPerFactor = 16

/** Times from issue to installation, to some three per cent, by day and of all days together; `all` is undefined when there was none. */
export async function installTimes(
  db: Queryable,
  { first, last }: Days,
): Promise<{ days: Map<string, InstallTimes>; all: InstallTimes | undefined }> {
  const { rows } = await db.query<Slot & Record<string, unknown>>({
    text: `SELECT (ended_at AT TIME ZONE 'UTC')::date::text AS day, floor(ln(greatest(issued_seconds, 1)) * ${slotsPerFactor})::int AS slot,
        count(*)::int AS installations, avg(issued_seconds)::float AS seconds
      FROM download_attempt
      WHERE result = 'installed' AND issued_seconds IS NOT NULL
        AND ended_at >= $1::date::timestamp AT TIME ZONE 'UTC' AND ended_at < ($2::date + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY 1, 2`,
    values: [first, last],
  })
  rows.sort((a, b) => a.seconds - b.seconds)
  const ofDays = new Map<string, Slot[]>()
  for (const row of rows) {
    const ofDay = ofDays.get(row.day)
    if (ofDay) ofDay.push(row)
    else ofDays.set(row.day, [row])
  }
  return {
    days: new Map([...ofDays].map(([day, slots]) => [day, timesOf(slots)])),
    all: rows.length > 0 ? timesOf(rows) : undefined,
  }
}

/** @param slots shortest first */
function timesOf(slots: readonly Slot[]): InstallTimes {
  const installations = slots.reduce((sum, slot) => sum + slot.installations, 0)
  const within = (share: number): number => {
    let counted = 0
    const found = slots.find(slot => {
      counted += slot.installations
      return counted >= installations * share
    })
    // A scale of orders of magnitude has no zero.
    return Math.max(1, Math.round(found?.seconds ?? 0))
  }
  return { installations, median: within(0.5), p90: within(0.9) }
}
