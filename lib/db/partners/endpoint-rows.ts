import { one, type Queryable, type Transaction } from '@/lib/db/pool'

export type EndpointKind = 'es2plus' | 'webhook'

/** An endpoint for which messages are made; see prisma/schema.prisma for the meanings. */
export interface ListeningEndpoint {
  id: string
  kind: EndpointKind
  partnerId: string | null
  typeIds: string[] | null
  points: Record<string, unknown>
  headerVersion: string
  createdAt: Date
}

const LISTENING = `e.id, e.kind, e.partner_id AS "partnerId", e.type_ids AS "typeIds", e.points,
  coalesce(p.header_version, '2.2.2') AS "headerVersion", e.created_at AS "createdAt"`

/** All that are not removed. A paused one too: it is told later. */
export const readListening = async (db: Queryable): Promise<ListeningEndpoint[]> =>
  (
    await db.query<ListeningEndpoint & Record<string, unknown>>({
      name: 'endpoints-listening',
      text: `SELECT ${LISTENING} FROM endpoint e LEFT JOIN partner p ON p.id = e.partner_id WHERE e.removed_at IS NULL ORDER BY e.created_at, e.id`,
    })
  ).rows

/** One that is not removed, held until the transaction ends. @param id a UUID */
export const lockEndpoint = (tx: Transaction, id: string): Promise<(ListeningEndpoint & { name: string }) | undefined> =>
  one<ListeningEndpoint & { name: string } & Record<string, unknown>>(tx, {
    text: `SELECT ${LISTENING}, e.name FROM endpoint e LEFT JOIN partner p ON p.id = e.partner_id
      WHERE e.id = $1 AND e.removed_at IS NULL FOR UPDATE OF e`,
    values: [id],
  })

/** An endpoint with something that can be sent to it. */
export interface DueEndpoint {
  id: string
  kind: EndpointKind
  url: string
  headerVersion: string
  /** Sealed; of a webhook's signature */
  secret: Buffer | null
  /** In a row */
  failures: number
}

/** Endpoints that are to be tried now and have waiting messages. */
export const readDueEndpoints = async (db: Queryable, now: Date): Promise<DueEndpoint[]> =>
  (
    await db.query<DueEndpoint & Record<string, unknown>>({
      name: 'endpoints-due',
      text: `SELECT e.id, e.kind, e.url, coalesce(p.header_version, '2.2.2') AS "headerVersion", e.secret, e.failures
        FROM endpoint e LEFT JOIN partner p ON p.id = e.partner_id
        WHERE e.removed_at IS NULL AND e.paused_at IS NULL AND (e.next_try_at IS NULL OR e.next_try_at <= $1)
          AND EXISTS (SELECT FROM message m WHERE m.endpoint_id = e.id AND m.state = 'waiting')`,
      values: [now],
    })
  ).rows

/** It has taken a message. */
export async function endpointAnswered(db: Queryable, id: string, at: Date): Promise<void> {
  await db.query({
    name: 'endpoint-answered',
    text: 'UPDATE endpoint SET failures = 0, next_try_at = NULL, last_success_at = $2 WHERE id = $1',
    values: [id, at],
  })
}

/**
 * It did not answer, or cannot take anything just now.
 * @param more.nextTryAt null: it answers, but refused one message
 */
export async function endpointFailed(
  db: Queryable,
  id: string,
  more: { at: Date; failure: string; nextTryAt: Date | null },
): Promise<void> {
  await db.query({
    name: 'endpoint-failed',
    text: `UPDATE endpoint SET last_failure_at = $2, last_failure = $3, failures = CASE WHEN $4::timestamptz IS NULL THEN 0 ELSE failures + 1 END,
        next_try_at = $4 WHERE id = $1`,
    values: [id, more.at, more.failure, more.nextTryAt],
  })
}

/** What waits for it is tried at once. */
export async function tryEndpointNow(tx: Transaction, id: string): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET next_try_at = NULL WHERE id = $1', values: [id] })
}
