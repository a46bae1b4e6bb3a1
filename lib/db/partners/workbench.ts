import { one, type Queryable } from '@/lib/db/pool'

/** call: a partner asked by ES2+; message: it, or a webhook, was to be told something */
export type EntryKind = 'call' | 'message'

/**
 * What came of it. ok: a call was done, a message was taken; refused: a call was answered with a status code; waiting: a message is to be
 * sent; retrying: it was sent in vain and is sent again by itself; dead: it was given up.
 */
export const OUTCOMES = ['ok', 'refused', 'waiting', 'retrying', 'dead'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One line of what went to and fro, without what was said. */
export interface TrafficEntry {
  kind: EntryKind
  /** Unique among those of its kind */
  id: string
  at: Date
  /** Name of the partner, or of the webhook */
  who: string
  webhook: boolean
  partnerId: string | null
  endpointId: string | null
  /** Function of ES2+, notification point or event */
  name: string
  outcome: Outcome
  /** Of a refused call: a name of STATUS in the version that answered it */
  status: string | null
  iccid: string | null
  /** A message that tells of a failure */
  ofFailure: boolean
  /** How often a call came again, or how often a message was sent */
  times: number
}

export interface TrafficFilters {
  /** Calls, or messages */
  kind?: EntryKind | undefined
  /** A partner's calls and what it is told, at its callback and at webhooks of its own */
  partnerId?: string | undefined
  /** What one endpoint is told: then no calls */
  endpointId?: string | undefined
  /** Function, notification point or event */
  name?: string | undefined
  outcome?: Outcome | undefined
  /** Whole, or how it begins */
  iccid?: string | undefined
  from?: Date | undefined
  before?: Date | undefined
}

/** Newest first; of one moment messages before calls, then by number. */
export interface TrafficCursor {
  at: Date
  kind: EntryKind
  id: string
}

interface Conditions {
  where: string
  values: unknown[]
}

const wholeIccid = 18

/** What the cursor leaves of the entries of a kind. */
function beyond(cursor: TrafficCursor, kind: EntryKind, column: string, parameter: (value: unknown) => string): string {
  if (kind === cursor.kind) return `(${column}, x.id) < (${parameter(cursor.at)}::timestamptz, ${parameter(cursor.id)}::bigint)`
  return `${column} ${kind < cursor.kind ? '<=' : '<'} ${parameter(cursor.at)}::timestamptz`
}

const OUTCOME_CONDITIONS: Record<EntryKind, Partial<Record<Outcome, string>>> = {
  call: { ok: 'x.status IS NULL', refused: 'x.status IS NOT NULL' },
  message: {
    ok: "x.state = 'sent'",
    waiting: "x.state = 'waiting' AND x.attempts = 0",
    retrying: "x.state = 'waiting' AND x.attempts > 0",
    dead: "x.state = 'dead'",
  },
}

/** @returns undefined when nothing of this kind can match */
function conditionsOf(kind: EntryKind, filters: TrafficFilters, cursor: TrafficCursor | undefined): Conditions | undefined {
  const values: unknown[] = []
  const parameter = (value: unknown) => `$${values.push(value)}`
  const { partnerId, endpointId, name, outcome, iccid, from, before } = filters
  if ((filters.kind && filters.kind !== kind) || (endpointId && kind === 'call')) return undefined
  const outcomeCondition = outcome && OUTCOME_CONDITIONS[kind][outcome]
  if (outcome && !outcomeCondition) return undefined
  const at = kind === 'call' ? 'x.at' : 'x.created_at'
  const conditions = [outcomeCondition ?? 'true']
  if (partnerId)
    conditions.push(
      kind === 'call'
        ? `x.partner_id = ${parameter(partnerId)}::uuid`
        : `x.endpoint_id = ANY(ARRAY(SELECT id FROM endpoint WHERE partner_id = ${parameter(partnerId)}::uuid))`,
    )
  if (endpointId) conditions.push(`x.endpoint_id = ${parameter(endpointId)}::uuid`)
  if (name) conditions.push(`x.${kind === 'call' ? 'function' : 'name'} = ${parameter(name)}`)
  if (iccid) conditions.push(iccid.length >= wholeIccid ? `x.iccid = ${parameter(iccid)}` : `starts_with(x.iccid, ${parameter(iccid)})`)
  if (from) conditions.push(`${at} >= ${parameter(from)}::timestamptz`)
  if (before) conditions.push(`${at} < ${parameter(before)}::timestamptz`)
  if (cursor) conditions.push(beyond(cursor, kind, at, parameter))
  return { where: conditions.join(' AND '), values }
}

type Row = TrafficEntry & Record<string, unknown>

const CALLS = `SELECT 'call' AS kind, x.id::text AS id, x.at, coalesce(p.name, '') AS who, false AS webhook, x.partner_id AS "partnerId",
    NULL AS "endpointId", x.function AS name, CASE WHEN x.status IS NULL THEN 'ok' ELSE 'refused' END AS outcome, x.status, x.iccid,
    false AS "ofFailure", x.resent AS times
  FROM es2_call x LEFT JOIN partner p ON p.id = x.partner_id`

const MESSAGES = `SELECT 'message' AS kind, x.id::text AS id, x.created_at AS at, e.name AS who, e.kind = 'webhook' AS webhook,
    e.partner_id AS "partnerId", e.id AS "endpointId", x.name,
    CASE WHEN x.state = 'sent' THEN 'ok' WHEN x.state = 'dead' THEN 'dead' WHEN x.attempts > 0 THEN 'retrying' ELSE 'waiting' END AS outcome,
    NULL AS status, nullif(x.iccid, '') AS iccid,
    coalesce(x.body #>> '{notificationPointStatus,status}' = 'Failed' OR x.body #>> '{data,result}' = 'failed', false) AS "ofFailure",
    x.attempts AS times
  FROM message x JOIN endpoint e ON e.id = x.endpoint_id`

async function entriesOf(db: Queryable, kind: EntryKind, conditions: Conditions | undefined, limit: number): Promise<TrafficEntry[]> {
  if (!conditions) return []
  const [select, at] = kind === 'call' ? [CALLS, 'x.at'] : [MESSAGES, 'x.created_at']
  const { rows } = await db.query<Row>({
    text: `${select} WHERE ${conditions.where} ORDER BY ${at} DESC, x.id DESC LIMIT ${limit}`,
    values: conditions.values,
  })
  return rows
}

const newestFirst = (a: TrafficEntry, b: TrafficEntry): number => {
  if (a.at.getTime() !== b.at.getTime()) return b.at.getTime() - a.at.getTime()
  if (a.kind !== b.kind) return a.kind > b.kind ? -1 : 1
  return BigInt(a.id) < BigInt(b.id) ? 1 : -1
}

/** A page of calls and messages in one list, newest first; `next` when there are more. */
export async function trafficPage(
  db: Queryable,
  filters: TrafficFilters,
  { after, limit }: { after?: TrafficCursor | undefined; limit: number },
): Promise<{ entries: TrafficEntry[]; next?: TrafficCursor }> {
  const kinds: EntryKind[] = ['call', 'message']
  const found = await Promise.all(kinds.map(kind => entriesOf(db, kind, conditionsOf(kind, filters, after), limit + 1)))
  const sorted = found.flat().sort(newestFirst)
  const entries = sorted.slice(0, limit)
  const last = entries.at(-1)
  return sorted.length > limit && last ? { entries, next: { at: last.at, kind: last.kind, id: last.id } } : { entries }
}

/** Whether a partner has ever asked for this profile, or anybody was told of it. */
export const hasTraffic = async (db: Queryable, iccid: string): Promise<boolean> =>
  (
    await one<{ has: boolean }>(db, {
      name: 'partner-traffic-of-profile',
      text: 'SELECT EXISTS (SELECT FROM es2_call WHERE iccid = $1) OR EXISTS (SELECT FROM message WHERE iccid = $1) AS has',
      values: [iccid],
    })
  )?.has ?? false

/** A call with what was said. */
export interface CallDetail {
  functionCallIdentifier: string
  request: unknown
  response: unknown
  /** As in TrafficEntry */
  status: string | null
  address: string | null
  /** Microseconds */
  durationUs: number | null
  resent: number
  lastResentAt: Date | null
}

/** @param id a number */
export const callDetail = (db: Queryable, id: string): Promise<CallDetail | undefined> =>
  one<CallDetail & Record<string, unknown>>(db, {
    name: 'workbench-call',
    text: `SELECT function_call_identifier AS "functionCallIdentifier", request, response, status, address, duration_us AS "durationUs",
        resent, last_resent_at AS "lastResentAt"
      FROM es2_call WHERE id = $1::bigint`,
    values: [id],
  })

/** A message with what is said; of an answer its number is kept, or why there was none. */
export interface MessageDetail {
  endpointKind: 'es2plus' | 'webhook'
  url: string
  functionCallIdentifier: string
  body: unknown
  state: 'waiting' | 'sent' | 'dead'
  attempts: number
  nextTryAt: Date
  sentAt: Date | null
  answerStatus: number | null
  durationMs: number | null
  failure: string | null
  replayedBy: string | null
  /** Nobody has ended the endpoint: it can be told again */
  reachable: boolean
}

/** @param id a number */
export const messageDetail = (db: Queryable, id: string): Promise<MessageDetail | undefined> =>
  one<MessageDetail & Record<string, unknown>>(db, {
    name: 'workbench-message',
    text: `SELECT e.kind AS "endpointKind", e.url, x.function_call_identifier AS "functionCallIdentifier", x.body, x.state, x.attempts,
        x.next_try_at AS "nextTryAt", x.sent_at AS "sentAt", x.answer_status AS "answerStatus", x.duration_ms AS "durationMs", x.failure,
        x.replayed_by AS "replayedBy", e.removed_at IS NULL AS reachable
      FROM message x JOIN endpoint e ON e.id = x.endpoint_id WHERE x.id = $1::bigint`,
    values: [id],
  })

/** How the telling goes at one endpoint. */
export interface EndpointHealth {
  id: string
  kind: 'es2plus' | 'webhook'
  name: string
  partnerId: string | null
  url: string
  pausedAt: Date | null
  /** In a row */
  failures: number
  nextTryAt: Date | null
  lastSuccessAt: Date | null
  lastFailureAt: Date | null
  lastFailure: string | null
  /** Up to one more than were to be counted, as of dead */
  waiting: number
  oldestWaitingAt: Date | null
  dead: number
}

/**
 * Of all endpoints that are not removed; those of partners first, by name.
 * @param countUpTo more waiting or dead messages of one endpoint are not counted
 */
export const endpointHealth = async (db: Queryable, countUpTo: number): Promise<EndpointHealth[]> =>
  (
    await db.query<EndpointHealth & Record<string, unknown>>({
      name: 'endpoint-health',
      text: `SELECT e.id, e.kind, e.name, e.partner_id AS "partnerId", e.url, e.paused_at AS "pausedAt", e.failures,
          e.next_try_at AS "nextTryAt", e.last_success_at AS "lastSuccessAt", e.last_failure_at AS "lastFailureAt",
          e.last_failure AS "lastFailure",
          (SELECT count(*)::int FROM (SELECT FROM message m WHERE m.endpoint_id = e.id AND m.state = 'waiting' LIMIT $1) w) AS waiting,
          (SELECT m.created_at FROM message m WHERE m.endpoint_id = e.id AND m.state = 'waiting' ORDER BY m.id LIMIT 1) AS "oldestWaitingAt",
          (SELECT count(*)::int FROM (SELECT FROM message m WHERE m.endpoint_id = e.id AND m.state = 'dead' LIMIT $1) d) AS dead
        FROM endpoint e WHERE e.removed_at IS NULL
        ORDER BY e.kind, lower(e.name), e.id`,
      values: [countUpTo + 1],
    })
  ).rows

/** Somebody whose calls or messages may be in the list. */
export interface Correspondent {
  kind: 'partner' | 'webhook'
  id: string
  name: string
  removed: boolean
}

/** Partners and webhooks by name, those that were removed since `removedSince` too. */
export const correspondents = async (db: Queryable, removedSince: Date): Promise<Correspondent[]> =>
  (
    await db.query<Correspondent & Record<string, unknown>>({
      name: 'correspondents',
      text: `SELECT 'partner' AS kind, id, name, removed_at IS NOT NULL AS removed FROM partner WHERE removed_at IS NULL OR removed_at > $1
        UNION ALL
        SELECT 'webhook', id, name, removed_at IS NOT NULL FROM endpoint
        WHERE kind = 'webhook' AND (removed_at IS NULL OR removed_at > $1)
        ORDER BY kind, removed, name, id`,
      values: [removedSince],
    })
  ).rows
