import type { Queryable, Transaction } from '../pool'
import type { Subscription } from './subscription-rows'
import { blockRanges } from './table-walk'

/** For how long calls and messages are kept; as long a call that is sent again gets the answer of the first time. */
export const keptTrafficDays = 90

/** A call of a partner by ES2+, as it was answered. */
export interface HeldCall {
  /** Digits */
  id: string
  at: Date
  /** Name of the partner */
  partner: string | null
  function: string
  request: unknown
  response: unknown
  status: string | null
  iccid: string | null
  /** How often it came again */
  resent: number
}

/** What a partner, or a webhook, was told, or is to be. */
export interface HeldMessage {
  /** Digits */
  id: string
  at: Date
  /** Name of the partner, or of the webhook */
  to: string
  kind: 'es2plus' | 'webhook'
  iccid: string
  name: string
  body: unknown
  state: string
  sentAt: Date | null
  /** What came of the last try, with what was answered */
  failure: string | null
}

type Row<T> = T & Record<string, unknown>

const CALLS = `SELECT c.id::text, c.at, p.name AS partner, c.function, c.request, c.response, c.status, c.iccid, c.resent
  FROM es2_call c LEFT JOIN partner p ON p.id = c.partner_id`

const MESSAGES = `SELECT m.id::text, m.created_at AS at, e.name AS to, e.kind, m.iccid, m.name, m.body, m.state, m.sent_at AS "sentAt", m.failure
  FROM message m JOIN endpoint e ON e.id = m.endpoint_id`

/** Calls about a subscription's profile while it was theirs, oldest first, a page at a time. */
export async function callsOfSubscription(db: Queryable, { iccid, from, until }: Subscription, after: string, limit: number) {
  const { rows } = await db.query<Row<HeldCall>>({
    name: 'personal-calls',
    text: `${CALLS} WHERE c.iccid = $1 AND c.id > $4::bigint AND c.at >= $2 AND ($3::timestamptz IS NULL OR c.at < $3) ORDER BY c.id LIMIT $5`,
    values: [iccid, from, until, after, limit],
  })
  return rows
}

/**
 * Numbers of the calls that name one of these EIDs, oldest first. It reads all calls, in bounded steps.
 * @param all also those about a profile; else only those that came to none
 */
export async function callsNaming(db: Queryable, eids: readonly string[], { all }: { all: boolean }): Promise<string[]> {
  const found: string[] = []
  if (eids.length === 0) return found
  for await (const { from, to } of blockRanges(db, 'es2_call')) {
    const { rows } = await db.query<{ id: string }>({
      name: 'personal-calls-naming',
      text: `SELECT c.id::text FROM es2_call c WHERE c.ctid >= $1::tid AND c.ctid < $2::tid AND ($4 OR c.iccid IS NULL)
        AND EXISTS (SELECT FROM unnest($3::text[]) AS eid WHERE strpos(c.request::text, eid) > 0 OR strpos(c.response::text, eid) > 0)`,
      values: [from, to, eids, all],
    })
    found.push(...rows.map(({ id }) => id))
  }
  return found.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
}

export async function callsById(db: Queryable, ids: readonly string[]): Promise<HeldCall[]> {
  const { rows } = await db.query<Row<HeldCall>>({
    name: 'personal-calls-by-id',
    text: `${CALLS} WHERE c.id = ANY($1::bigint[]) ORDER BY c.id`,
    values: [ids],
  })
  return rows
}

/** Messages of a subscription's part of its profile's timeline, oldest first, a page at a time. */
export async function messagesOfSubscription(
  db: Queryable,
  { iccid, orderIds, from, until }: Subscription,
  after: string,
  limit: number,
): Promise<HeldMessage[]> {
  const { rows } = await db.query<Row<HeldMessage>>({
    name: 'personal-messages',
    text: `${MESSAGES} LEFT JOIN profile_event v ON v.id = m.event_id
      WHERE m.iccid = $1 AND m.id > $5::bigint AND (v.order_id = ANY($2::uuid[])
        OR (v.order_id IS NULL AND coalesce(v.at, m.created_at) >= $3 AND ($4::timestamptz IS NULL OR coalesce(v.at, m.created_at) < $4)))
      ORDER BY m.id LIMIT $6`,
    values: [iccid, orderIds, from, until, after, limit],
  })
  return rows
}

/** What was told of these rows of the timeline, which are about these profiles. */
export async function messagesOfEvents(db: Queryable, iccids: readonly string[], eventIds: readonly string[]): Promise<HeldMessage[]> {
  const { rows } = await db.query<Row<HeldMessage>>({
    name: 'personal-messages-of-events',
    text: `${MESSAGES} WHERE m.iccid = ANY($1::text[]) AND m.event_id = ANY($2::bigint[]) ORDER BY m.id`,
    values: [iccids, eventIds],
  })
  return rows
}

/** Until the transaction ends, nothing new is told of the timeline: who tells it would read EIDs that are being erased. */
export const holdTelling = (tx: Transaction) => tx.query({ text: `SELECT FROM event_reader WHERE name = 'messages' FOR UPDATE` })

export type WrittenCall = Pick<HeldCall, 'id' | 'request' | 'response'>

export async function rewriteCalls(tx: Transaction, calls: readonly WrittenCall[]): Promise<void> {
  await tx.query({
    name: 'personal-rewrite-calls',
    text: `UPDATE es2_call c SET request = n.request, response = n.response
      FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[]) AS n (id, request, response) WHERE c.id = n.id`,
    values: [
      calls.map(({ id }) => id),
      calls.map(({ request }) => JSON.stringify(request)),
      calls.map(({ response }) => JSON.stringify(response)),
    ],
  })
}

export type WrittenMessage = Pick<HeldMessage, 'id' | 'body' | 'failure'>

export async function rewriteMessages(tx: Transaction, messages: readonly WrittenMessage[]): Promise<void> {
  await tx.query({
    name: 'personal-rewrite-messages',
    text: `UPDATE message m SET body = n.body, failure = n.failure
      FROM unnest($1::bigint[], $2::jsonb[], $3::text[]) AS n (id, body, failure) WHERE m.id = n.id`,
    values: [messages.map(({ id }) => id), messages.map(({ body }) => JSON.stringify(body)), messages.map(({ failure }) => failure)],
  })
}

/** Takes a value out of what endpoints answered last. */
export const eraseFromFailures = (tx: Transaction, value: string, token: string) =>
  tx.query({
    name: 'personal-endpoint-failures',
    text: 'UPDATE endpoint SET last_failure = replace(last_failure, $1, $2) WHERE strpos(last_failure, $1) > 0',
    values: [value, token],
  })

const BY_TIME = {
  es2_call: { at: 'c.at', from: 'es2_call c', columns: 'c.request, c.response', locks: 'c', id: 'c.id' },
  message: {
    at: 'm.created_at',
    from: 'message m JOIN endpoint e ON e.id = m.endpoint_id',
    columns: 'm.body, m.failure, e.kind',
    locks: 'm',
    id: 'm.id',
  },
} as const

/** Where a pass over rows in the order of their moments stands: a moment in ISO 8601, a blank, a number. */
const placeOf = (after: string): [at: string, id: string] => {
  const [at = '', id = ''] = after.split(' ')
  return [at || '1970-01-01T00:00:00Z', id || '0']
}

/** The next rows that are older than a moment, and where the pass stands behind them. */
async function older<T extends { id: string }>(
  tx: Transaction,
  table: keyof typeof BY_TIME,
  { after, before, rows: limit }: { after: string; before: Date; rows: number },
): Promise<{ rows: T[]; reached: string; ended: boolean }> {
  const { at, from, columns, locks, id } = BY_TIME[table]
  const [moment, number] = placeOf(after)
  const { rows } = await tx.query<Row<T & { at: Date }>>({
    name: `personal-older-${table}`,
    text: `SELECT ${id}::text AS id, ${at} AS at, ${columns} FROM ${from}
      WHERE ${at} >= $1::timestamptz AND ${at} < $2 AND (${at} > $1::timestamptz OR ${id} > $3::bigint) ORDER BY ${at}, ${id} LIMIT $4 FOR UPDATE OF ${locks}`,
    values: [moment, before, number, limit],
  })
  const last = rows.at(-1)
  return { rows, reached: last ? `${last.at.toISOString()} ${last.id}` : after, ended: rows.length < limit }
}

export const olderCalls = (tx: Transaction, page: { after: string; before: Date; rows: number }) => older<WrittenCall>(tx, 'es2_call', page)
export const olderMessages = (tx: Transaction, page: { after: string; before: Date; rows: number }) =>
  older<WrittenMessage & Pick<HeldMessage, 'kind'>>(tx, 'message', page)
