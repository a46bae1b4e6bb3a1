import { createHash, randomBytes } from 'node:crypto'
import { one, type Queryable } from '@/lib/db/pool'
import type { Account } from './account'
import { ROLE_NAMES } from './roles'

export const sessionHours = 12
const seenEveryMs = 60_000
const forgetAfterDays = 30

/** A session as its owner sees it in a list. `id` names it to `endSession`; it opens nothing. */
export interface SessionRow {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string
  address: string
}

const hashOf = (sid: string): Buffer => createHash('sha256').update(sid).digest()

/** Begins a session and returns its secret name, the `sid` claim; the database knows only its hash. */
export async function beginSession(
  db: Queryable,
  accountId: string,
  { userAgent = '', address = '', now = new Date() }: { userAgent?: string; address?: string; now?: Date } = {},
): Promise<{ sid: string; expiresAt: Date }> {
  const sid = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + sessionHours * 3_600_000)
  await db.query({
    text: `INSERT INTO account_session (sid_hash, account_id, created_at, last_seen_at, expires_at, user_agent, address)
      VALUES ($1, $2, $3, $3, $4, $5, $6)`,
    values: [hashOf(sid), accountId, now, expiresAt, userAgent.slice(0, 300), address],
  })
  await db.query({
    text: 'DELETE FROM account_session WHERE expires_at < $1',
    values: [new Date(now.getTime() - forgetAfterDays * 86_400_000)],
  })
  return { sid, expiresAt }
}

/** Whose session it is; undefined when it has ended or its account is disabled. */
export async function sessionAccount(db: Queryable, sid: string, now: Date): Promise<Account | undefined> {
  const sidHash = hashOf(sid)
  const row = await one<Account & { lastSeenAt: Date }>(db, {
    name: 'session-account',
    text: `SELECT account.id, email, name, role, last_seen_at AS "lastSeenAt" FROM account_session JOIN account ON account.id = account_id
      WHERE sid_hash = $1 AND revoked_at IS NULL AND expires_at > $2 AND disabled_at IS NULL`,
    values: [sidHash, now],
  })
  if (!row || !ROLE_NAMES.includes(row.role)) return undefined
  const { lastSeenAt, ...account } = row
  if (now.getTime() - lastSeenAt.getTime() > seenEveryMs) {
    await db.query({ text: 'UPDATE account_session SET last_seen_at = $2 WHERE sid_hash = $1', values: [sidHash, now] })
  }
  return account
}

/** An account's running sessions, the last used first. */
export async function listSessions(db: Queryable, accountId: string, now: Date): Promise<SessionRow[]> {
  const { rows } = await db.query<SessionRow>({
    text: `SELECT encode(sid_hash, 'hex') AS id, created_at AS "createdAt", last_seen_at AS "lastSeenAt", expires_at AS "expiresAt",
        user_agent AS "userAgent", address
      FROM account_session WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC`,
    values: [accountId, now],
  })
  return rows
}

/** Ends one session of an account, by the id of its list. */
export const endSession = (db: Queryable, accountId: string, id: string, now: Date) =>
  db.query({
    text: `UPDATE account_session SET revoked_at = $3 WHERE account_id = $1 AND sid_hash = decode($2, 'hex') AND revoked_at IS NULL`,
    values: [accountId, /^[0-9a-f]{64}$/.test(id) ? id : '', now],
  })

/** Ends the session with this `sid`. */
export const signOff = (db: Queryable, sid: string, now: Date) =>
  db.query({ text: 'UPDATE account_session SET revoked_at = $2 WHERE sid_hash = $1 AND revoked_at IS NULL', values: [hashOf(sid), now] })

/** Ends all sessions of an account. */
export const endSessions = (db: Queryable, accountId: string, now: Date) =>
  db.query({ text: 'UPDATE account_session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL', values: [accountId, now] })
