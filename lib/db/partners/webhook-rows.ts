import { one, type Queryable, type Transaction } from '@/lib/db/pool'

/** A webhook: its row of `endpoint`, without its secret. */
export interface WebhookRow {
  id: string
  name: string
  url: string
  /** Names; none: all */
  events: string[]
  /** Null: of all types */
  typeIds: string[] | null
  /** Whose orders; null: everybody's */
  partnerId: string | null
  /** PEM; null: the system's */
  trustedCa: string | null
  createdAt: Date
  createdBy: string
  pausedAt: Date | null
  failures: number
  nextTryAt: Date | null
  lastSuccessAt: Date | null
  lastFailureAt: Date | null
  lastFailure: string | null
}

export type WebhookSettings = Pick<WebhookRow, 'name' | 'url' | 'events' | 'typeIds' | 'partnerId' | 'trustedCa'>

const SELECT = `SELECT id, name, url, coalesce(points->'events', '[]') AS events, type_ids AS "typeIds", partner_id AS "partnerId",
    trusted_ca AS "trustedCa", created_at AS "createdAt", created_by AS "createdBy", paused_at AS "pausedAt", failures,
    next_try_at AS "nextTryAt", last_success_at AS "lastSuccessAt", last_failure_at AS "lastFailureAt", last_failure AS "lastFailure"
  FROM endpoint WHERE kind = 'webhook' AND removed_at IS NULL`

/** Those that are not removed, by name. */
export const readWebhooks = async (db: Queryable): Promise<WebhookRow[]> =>
  (await db.query<WebhookRow & Record<string, unknown>>({ text: `${SELECT} ORDER BY lower(name), created_at, id` })).rows

/** Held until the transaction ends. @param id a UUID */
export const lockWebhook = (tx: Transaction, id: string): Promise<WebhookRow | undefined> =>
  one<WebhookRow & Record<string, unknown>>(tx, { text: `${SELECT} AND id = $1 FOR UPDATE`, values: [id] })

const valuesOf = ({ name, url, events, typeIds, partnerId, trustedCa }: WebhookSettings) => [
  name,
  url,
  JSON.stringify({ events }),
  typeIds,
  partnerId,
  trustedCa,
]

/** @param id a new UUID */
export async function insertWebhook(
  tx: Transaction,
  id: string,
  settings: WebhookSettings,
  made: { secret: Buffer; at: Date; by: string },
): Promise<void> {
  await tx.query({
    text: `INSERT INTO endpoint (kind, id, name, url, points, type_ids, partner_id, trusted_ca, secret, created_at, created_by)
      VALUES ('webhook', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [id, ...valuesOf(settings), made.secret, made.at, made.by],
  })
}

/** With another address what waits is tried at once. */
export async function updateWebhook(tx: Transaction, id: string, settings: WebhookSettings): Promise<void> {
  await tx.query({
    text: `UPDATE endpoint SET name = $2, url = $3, points = $4, type_ids = $5, partner_id = $6, trusted_ca = $7, failures = 0, next_try_at = NULL
      WHERE id = $1`,
    values: [id, ...valuesOf(settings)],
  })
}

/** @param sealed with the identity endpoint_secret:<id> */
export async function setWebhookSecret(tx: Transaction, id: string, sealed: Buffer): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET secret = $2, failures = 0, next_try_at = NULL WHERE id = $1', values: [id, sealed] })
}

/** Stops deliveries, or lets them go on: then the next is tried at once. */
export async function pauseWebhookRow(tx: Transaction, id: string, pausedAt: Date | null): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET paused_at = $2, failures = 0, next_try_at = NULL WHERE id = $1', values: [id, pausedAt] })
}

/** What waits for it is told nobody. */
export async function removeWebhookRow(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.query({ text: 'UPDATE endpoint SET removed_at = $2, secret = NULL WHERE id = $1', values: [id, at] })
}

/** How many of these profile types there are. */
export const countTypes = async (db: Queryable, ids: readonly string[]): Promise<number> =>
  (await one<{ count: number }>(db, { text: 'SELECT count(*)::int AS count FROM profile_type WHERE id = ANY($1::uuid[])', values: [ids] }))
    ?.count ?? 0
