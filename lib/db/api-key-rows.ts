import { one, type Queryable } from './pool'

/** A key for scripts, as lists show it: nothing of it opens anything. */
export interface ApiKeyRow {
  id: string
  name: string
  /** The first characters, by which its owner knows it again. */
  start: string
  role: string
  createdAt: Date
  createdBy: string
  expiresAt: Date | null
  lastUsedAt: Date | null
  lastUsedFrom: string | null
  revokedAt: Date | null
  revokedBy: string | null
}

const COLUMNS = `id, name, start, role, created_at AS "createdAt", created_by AS "createdBy", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt", last_used_from AS "lastUsedFrom", revoked_at AS "revokedAt", revoked_by AS "revokedBy"`

/** Those in force first, by name; then the revoked ones, the last revoked first. */
export const readApiKeys = async (db: Queryable): Promise<ApiKeyRow[]> =>
  (
    await db.query<ApiKeyRow & Record<string, unknown>>({
      text: `SELECT ${COLUMNS} FROM api_key ORDER BY revoked_at DESC NULLS FIRST, name, id`,
    })
  ).rows

/** Whether a key, revoked or not, was ever called so; held until the transaction ends, so that nobody takes the name meanwhile. */
export async function claimApiKeyName(tx: Queryable, name: string): Promise<boolean> {
  await tx.query({ text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7270738))', values: [name] })
  return (await one(tx, { text: 'SELECT 1 AS taken FROM api_key WHERE name = $1', values: [name] })) === undefined
}

export const insertApiKey = (
  db: Queryable,
  key: { name: string; start: string; keyHash: Buffer; role: string; createdAt: Date; createdBy: string; expiresAt: Date | null },
): Promise<{ id: string } | undefined> =>
  one<{ id: string }>(db, {
    text: `INSERT INTO api_key (name, start, key_hash, role, created_at, created_by, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    values: [key.name, key.start, key.keyHash, key.role, key.createdAt, key.createdBy, key.expiresAt],
  })

const inForce = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)'

/** The key with this hash, while it is in force. */
export const findApiKey = (db: Queryable, keyHash: Buffer, now: Date): Promise<ApiKeyRow | undefined> =>
  one<ApiKeyRow & Record<string, unknown>>(db, {
    name: 'find-api-key',
    text: `SELECT ${COLUMNS} FROM api_key WHERE key_hash = $1 AND ${inForce}`,
    values: [keyHash, now],
  })

/** The key of this name, while it is in force. */
export const findApiKeyNamed = (db: Queryable, name: string, now: Date): Promise<ApiKeyRow | undefined> =>
  one<ApiKeyRow & Record<string, unknown>>(db, {
    text: `SELECT ${COLUMNS} FROM api_key WHERE name = $1 AND ${inForce}`,
    values: [name, now],
  })

/** Notes a use, unless one was noted after `unlessSince`. */
export const touchApiKey = (db: Queryable, id: string, use: { now: Date; address: string; unlessSince: Date }) =>
  db.query({
    name: 'touch-api-key',
    text: `UPDATE api_key SET last_used_at = $2, last_used_from = $3
      WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $4)`,
    values: [id, use.now, use.address || null, use.unlessSince],
  })

/** @returns its name; undefined when there is none in force */
export const revokeApiKeyRow = (db: Queryable, id: string, by: string, now: Date): Promise<{ name: string } | undefined> =>
  one<{ name: string }>(db, {
    text: 'UPDATE api_key SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL RETURNING name',
    values: [id, now, by],
  })
