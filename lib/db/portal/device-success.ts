import type { StatusName } from '@/lib/rsp/status'
import type { AttemptResult } from '../attempts/tally'
import { one, type Queryable } from '../pool'

/** Days of UTC, 2026-11-22, both included. */
export interface Days {
  first: string
  last: string
}

/** Attempts that are alike in device, manufacturer, version and type; empty: not known, `*`: one of many rare ones. */
export interface SuccessGroup {
  tac: string
  eum: string
  svn: string
  /** The type's id; empty: of no type */
  type: string
  installed: number
  failed: number
  /** Ended by what a person or an order had to do with, not device or type */
  aside: number
  /** Not decided yet */
  open: number
}

/** Which attempts: those that have all of it. */
export type SuccessOf = Partial<Pick<SuccessGroup, 'tac' | 'eum' | 'svn' | 'type'>>

/** Refusals that say nothing of the device: the code, the order or the person at the phone. */
const ASIDE_STATUSES: readonly StatusName[] = [
  'smdpAddressRefused',
  'matchingIdRefused',
  'eidRefused',
  'profileNotReleased',
  'orderExpired',
  'downloadAttemptsExceeded',
  'confirmationCodeMissing',
  'confirmationCodeRefused',
  'confirmationCodeAttemptsExceeded',
]
/** Put off, and nobody answered. A "no" counts: many phones say it when they could not install the profile. */
const ASIDE_CANCELS = ['cancel:1', 'cancel:2']
export const ASIDE_REASONS: readonly string[] = [...ASIDE_STATUSES, ...ASIDE_CANCELS]

const noType = '00000000-0000-0000-0000-000000000000'
const typeText = `CASE WHEN type_id = '${noType}' THEN '' ELSE type_id::text END`

const FIGURES = `sum(attempts) FILTER (WHERE result = 'installed')::int AS installed,
  sum(attempts) FILTER (WHERE result NOT IN ('installed', 'open') AND NOT reason = ANY($3::text[]))::int AS failed,
  sum(attempts) FILTER (WHERE result NOT IN ('installed', 'open') AND reason = ANY($3::text[]))::int AS aside,
  sum(attempts) FILTER (WHERE result = 'open')::int AS open`

/**
 * How attempts of these days ended, by TAC, EUM, version and type together.
 * @param mostTacs the others, those with the fewest attempts, are one: `*`
 */
export async function successGroups(db: Queryable, { first, last }: Days, mostTacs = 2_000): Promise<SuccessGroup[]> {
  const { rows } = await db.query<SuccessGroup & Record<string, unknown>>({
    text: `WITH alike AS MATERIALIZED (
        SELECT tac, eum, svn, ${typeText} AS type, sum(attempts) AS attempts, ${FIGURES}
        FROM attempt_tally WHERE day BETWEEN $1::date AND $2::date GROUP BY tac, eum, svn, type_id),
      often AS (SELECT tac FROM alike GROUP BY tac ORDER BY sum(attempts) DESC, tac LIMIT $4)
      SELECT CASE WHEN often.tac IS NULL THEN '*' ELSE often.tac END AS tac, eum, svn, type, coalesce(sum(installed), 0)::int AS installed,
        coalesce(sum(failed), 0)::int AS failed, coalesce(sum(aside), 0)::int AS aside, coalesce(sum(open), 0)::int AS open
      FROM alike LEFT JOIN often ON often.tac = alike.tac GROUP BY 1, 2, 3, 4`,
    values: [first, last, ASIDE_REASONS, mostTacs],
  })
  return rows
}

/** Names of the types, by id. */
export async function typeNames(db: Queryable): Promise<Map<string, string>> {
  const { rows } = await db.query<{ id: string; name: string }>({ text: 'SELECT id::text, name FROM profile_type' })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

const OF = `($4::text IS NULL OR tac = $4) AND ($5::text IS NULL OR eum = $5) AND ($6::text IS NULL OR svn = $6)
  AND ($7::uuid IS NULL OR type_id = $7::uuid)`
const ofValues = ({ tac, eum, svn, type }: SuccessOf) => [tac ?? null, eum ?? null, svn ?? null, type === '' ? noType : (type ?? null)]

export interface SuccessFigures extends Pick<SuccessGroup, 'installed' | 'failed' | 'aside' | 'open'> {}

/** How those attempts ended. */
export async function successOf(db: Queryable, { first, last }: Days, of: SuccessOf): Promise<SuccessFigures> {
  const row = await one<SuccessFigures & Record<string, unknown>>(db, {
    text: `SELECT coalesce(installed, 0) AS installed, coalesce(failed, 0) AS failed, coalesce(aside, 0) AS aside, coalesce(open, 0) AS open
      FROM (SELECT ${FIGURES} FROM attempt_tally WHERE day BETWEEN $1::date AND $2::date AND ${OF}) AS t`,
    values: [first, last, ASIDE_REASONS, ...ofValues(of)],
  })
  return row ?? { installed: 0, failed: 0, aside: 0, open: 0 }
}

/** Attempts that ended in one way for one reason. */
export interface ReasonCount {
  /** Neither installed nor open */
  result: AttemptResult
  /** A status's name, cancel:<reason>, install:<errorReason>; empty where there is none */
  reason: string
  attempts: number
  aside: boolean
}

/** Why those attempts did not end in an installation, the most frequent first. */
export async function reasonsOf(db: Queryable, { first, last }: Days, of: SuccessOf, most = 50): Promise<ReasonCount[]> {
  const { rows } = await db.query<ReasonCount & Record<string, unknown>>({
    text: `SELECT result, reason, sum(attempts)::int AS attempts, reason = ANY($3::text[]) AS aside
      FROM attempt_tally WHERE day BETWEEN $1::date AND $2::date AND result NOT IN ('installed', 'open') AND ${OF}
      GROUP BY result, reason ORDER BY 3 DESC, 1, 2 LIMIT $8`,
    values: [first, last, ASIDE_REASONS, ...ofValues(of), most],
  })
  return rows
}

/** The most frequent reason of those that count, for each of several at once; undefined where there is none. */
export async function mainReasons(db: Queryable, { first, last }: Days, ofs: readonly SuccessOf[]): Promise<(ReasonCount | undefined)[]> {
  if (ofs.length === 0) return []
  const wanted = ofs.map(ofValues)
  const { rows } = await db.query<ReasonCount & { place: number } & Record<string, unknown>>({
    text: `WITH wanted AS (SELECT * FROM unnest($4::text[], $5::text[], $6::text[], $7::uuid[]) WITH ORDINALITY AS w (tac, eum, svn, type_id, place))
      SELECT DISTINCT ON (w.place) w.place::int - 1 AS place, t.result, t.reason, sum(t.attempts)::int AS attempts, false AS aside
      FROM wanted w JOIN attempt_tally t ON (w.tac IS NULL OR t.tac = w.tac) AND (w.eum IS NULL OR t.eum = w.eum)
        AND (w.svn IS NULL OR t.svn = w.svn) AND (w.type_id IS NULL OR t.type_id = w.type_id)
      WHERE t.day BETWEEN $1::date AND $2::date AND t.result NOT IN ('installed', 'open') AND NOT t.reason = ANY($3::text[])
      GROUP BY w.place, t.result, t.reason ORDER BY w.place, sum(t.attempts) DESC, t.result, t.reason`,
    values: [first, last, ASIDE_REASONS, ...[0, 1, 2, 3].map(column => wanted.map(values => values[column] ?? null))],
  })
  const found = new Map(rows.map(({ place, ...reason }) => [place, reason]))
  return ofs.map((_, place) => found.get(place))
}

/** One attempt that failed, to be looked at. */
export interface FailedAttempt {
  transactionId: string
  at: Date
  iccid: string | null
  result: AttemptResult
  reason: string
}

/** Among so many of the newest attempts examples are looked for: the rarer something is, the longer that takes. */
const searched = 200_000

/** The newest of those attempts that failed, and count; of what the tally says there may be more than is kept one by one. */
export async function failedExamples(db: Queryable, { first, last }: Days, of: SuccessOf, most = 20): Promise<FailedAttempt[]> {
  const { rows } = await db.query<FailedAttempt & Record<string, unknown>>({
    text: `SELECT transaction_id AS "transactionId", at, iccid, result, reason FROM (
        SELECT *, coalesce(type_id, '${noType}') AS of_type FROM download_attempt
        WHERE at >= $1::timestamp AT TIME ZONE 'UTC' AND at < ($2::timestamp + interval '1 day') AT TIME ZONE 'UTC' ORDER BY at DESC LIMIT ${searched}) AS newest
      WHERE result NOT IN ('installed', 'open') AND NOT reason = ANY($3::text[]) AND ${OF.replace('type_id', 'of_type')}
      ORDER BY at DESC LIMIT $8`,
    values: [first, last, ASIDE_REASONS, ...ofValues(of), most],
  })
  return rows
}
